//! The most frequent words of each language, by hand: what makes common words really common. The long tail behind
//! them is made of syllables.

/// A language as texts are made from it.
pub struct Language {
    /// Frequent words, the most frequent first.
    pub words: &'static str,
    /// Syllables of the rare ones, each list from a beginning to an end.
    pub syllables: [&'static str; 2],
    /// Whether words are written without spaces.
    pub joined: bool,
    /// How often it is written, of a hundred.
    pub share: u32,
}

/// The languages of the workspace.
pub const LANGUAGES: [Language; 7] = [
    Language {
        words: "the to and of a in we is that for it on with this be are as not have at from can will if by but or \
                our an they you was what all there when so one more about which their time how up out would should \
                do has been also team who need just like new work now some only into other could then after them \
                than these its may see any next use first last day week people route driver customer order today \
                change plan review decision question answer please thanks think know find make before because \
                between meeting design release build test server client page report data number price invoice \
                contract support ticket error fix update version feature problem idea draft document draw holiday \
                morning afternoon tomorrow monday friday office city country language market partner budget cost",
        syllables: [
            "ba be co da fa ga ho in ka le mo na or pe ra se ta un va wi",
            "ber din fel ger ling ment ness ran ster tion ward lock",
        ],
        joined: false,
        share: 55,
    },
    Language {
        words: "de la que el en y a los se del las un por con no una su para es al lo como más o pero sus le ha me si \
                sin sobre este ya entre cuando todo esta ser son dos también fue había era muy años hasta desde está \
                mi porque qué sólo han yo hay vez puede todos así nos ni parte tiene él uno donde bien tiempo mismo \
                ese ahora cada vida otro después te otros aunque esa eso hace otra gobierno tan durante siempre día \
                tanto ella tres sí gran país según menos equipo reunión ruta pedido cliente factura revisión decisión \
                pregunta respuesta cambio semana mañana precio contrato mercado oficina ciudad",
        syllables: [
            "ca de fa gue lla ma no pa que ro sa te va zo bri cla",
            "ción dad mente rero tado ble nte sión ría zaje",
        ],
        joined: false,
        share: 12,
    },
    Language {
        words: "de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à \
                seu sua ou ser quando muito há nos já está eu também só pelo pela até isso ela entre era depois sem \
                mesmo aos ter seus quem nas me esse eles estão você tinha foram essa num nem suas meu às minha têm \
                numa pelos elas havia seja qual será nós tenho lhe deles essas equipe reunião rota pedido cliente \
                fatura revisão decisão pergunta resposta mudança semana amanhã preço contrato mercado escritório",
        syllables: [
            "ba ca de fa ge lha mo ne pa qui ro so ta ve xa bri",
            "ção dade mente rão vel nte ria gem lho nça",
        ],
        joined: false,
        share: 10,
    },
    Language {
        words: "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus \
                er hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder \
                aber vor zur bis mehr durch man sein wurde sei wir wenn kann heute morgen woche termin frage antwort \
                änderung entscheidung auftrag kunde rechnung preis vertrag markt büro stadt fahrer strecke plan \
                entwurf prüfung fehler lösung zeit arbeit gruppe besprechung übersicht",
        syllables: [
            "ab be ein ge ver un zu auf hin mit nach ober",
            "schaft ung heit keit lich bar stelle werk zeit plan fahrt",
        ],
        joined: false,
        share: 8,
    },
    Language {
        words: "的 我们 是 在 了 不 和 有 这 人 大 个 上 也 为 时 就 可以 要 会 说 到 出 你 对 年 着 里 用 下 自己 多 之 后 \
                没有 还 发 成 作 能 天 方 好 起 都 把 进 种 本 两 去 过 又 做 看 想 但 从 如 被 工作 团队 时间 问题 今天 明天 \
                路线 司机 客户 订单 发票 价格 合同 会议 决定 修改 计划 设计 测试 版本 文件 数据 报告 办公室 城市 市场",
        syllables: [
            "新 老 高 低 快 慢 前 后 东 西 南 北 内 外 公 私",
            "线 图 表 法 度 性 化 力 员 部 场 站 车 单 号 码 量 价",
        ],
        joined: true,
        share: 6,
    },
    Language {
        words: "の に は を た が で て と し れ さ ある いる も する から な こと として い や など なっ ない この ため その あっ よう \
                また もの という あり まで られ なる へ か だ これ によって により おり より による ず なり られる において ば なかっ \
                なく しかし について せ だっ その後 できる それ う ので なお のみ でき き つ における および いう さらに 会議 今日 \
                明日 時間 仕事 質問 回答 変更 計画 設計 注文 請求書 価格 契約 運転手 経路 顧客 市場 事務所 資料 報告",
        syllables: [
            "新 旧 高 低 早 遅 前 後 東 西 南 北 内 外 大 小",
            "線 図 表 法 度 性 化 力 員 部 場 駅 車 票 号 量 価",
        ],
        joined: true,
        share: 5,
    },
    Language {
        words: "في من على إلى أن هذا التي الذي عن مع ما كان هذه لا هو هي بعد كل بين قد ذلك عند لم أو حتى إذا كما ثم أي قبل \
                يوم اليوم غدا وقت عمل فريق سؤال جواب قرار خطة تغيير طلب عميل سعر عقد سوق مكتب مدينة سائق طريق اجتماع \
                تقرير ملف بيانات نسخة تصميم اختبار خطأ حل مشكلة فكرة",
        syllables: ["مس تع ان اس مت مو تق اح", "ار ين ات ون يل ور ام اد"],
        joined: false,
        share: 4,
    },
];
