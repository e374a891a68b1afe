//! What a push and a mail say, in the reader's language and their own time. The rules of the
//! product's voice hold: the thing, then the reason, then the action; no sentence glued from parts.

use jiff::{Timestamp, civil::Weekday, tz::TimeZone};
use people::settings::{HourClock, Language, Settings};
use topics::asks::AskKind;

use crate::news::{Did, Written};

/// Says things to one reader.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    language: Language,
    clock: HourClock,
    /// None when nobody knows where they are: then times are in UTC, and say so.
    zone: Option<TimeZone>,
    now: Timestamp,
}

/// One sentence in each language.
macro_rules! say {
    ($words:expr, $en:literal, $es:literal, $pt:literal) => {
        match $words.language {
            Language::En => format!($en),
            Language::Es => format!($es),
            Language::Pt => format!($pt),
        }
    };
}

/// The same with one form for one and one for many.
macro_rules! count {
    ($words:expr, $count:expr, $one:tt, $many:tt) => {
        if $count == 1 { say_all!($words, $one) } else { say_all!($words, $many) }
    };
}
macro_rules! say_all {
    ($words:expr, ($en:literal, $es:literal, $pt:literal)) => {
        say!($words, $en, $es, $pt)
    };
}

mod hands;
mod results;

impl Words {
    pub(crate) fn new(settings: &Settings, zone: Option<&str>, now: Timestamp) -> Self {
        let zone = zone.and_then(|name| jiff::tz::db().get(name).ok());
        Self { language: settings.language, clock: settings.clock, zone, now }
    }

    /// For the attribute `lang`.
    pub(crate) fn tag(&self) -> &'static str {
        match self.language {
            Language::En => "en",
            Language::Es => "es",
            Language::Pt => "pt-BR",
        }
    }

    // ------------------------------------------------------------------ times

    /// "11:30 today", "tomorrow, 11:30", "Wednesday, 11:30", "14 October, 11:30".
    pub(crate) fn when(&self, at: Timestamp) -> String {
        let zone = self.zone.clone().unwrap_or(TimeZone::UTC);
        let (then, today) = (at.to_zoned(zone.clone()), self.now.to_zoned(zone).date());
        let (time, day) = (self.time(&then), then.date());
        let days = today.until(day).map_or(i32::MAX, |span| span.get_days());
        match days {
            -1 => say!(self, "yesterday, {time}", "ayer, {time}", "ontem, {time}"),
            0 => say!(self, "{time} today", "hoy, {time}", "hoje, {time}"),
            1 => say!(self, "tomorrow, {time}", "mañana, {time}", "amanhã, {time}"),
            2..=6 => {
                let weekday = self.weekday(day.weekday());
                format!("{weekday}, {time}")
            }
            _ => {
                let date = self.date(day);
                format!("{date}, {time}")
            }
        }
    }

    fn time(&self, at: &jiff::Zoned) -> String {
        let time = match (self.clock, self.language) {
            (HourClock::TwentyFour, _) => at.strftime("%H:%M").to_string(),
            (HourClock::Twelve, Language::Es) => {
                let half = if at.hour() < 12 { "a. m." } else { "p. m." };
                format!("{} {half}", at.strftime("%-I:%M"))
            }
            (HourClock::Twelve, _) => {
                let half = if at.hour() < 12 { "am" } else { "pm" };
                format!("{} {half}", at.strftime("%-I:%M"))
            }
        };
        if self.zone.is_some() { time } else { format!("{time} UTC") }
    }

    fn weekday(&self, day: Weekday) -> &'static str {
        let [en, es, pt] = match day {
            Weekday::Monday => ["Monday", "lunes", "segunda-feira"],
            Weekday::Tuesday => ["Tuesday", "martes", "terça-feira"],
            Weekday::Wednesday => ["Wednesday", "miércoles", "quarta-feira"],
            Weekday::Thursday => ["Thursday", "jueves", "quinta-feira"],
            Weekday::Friday => ["Friday", "viernes", "sexta-feira"],
            Weekday::Saturday => ["Saturday", "sábado", "sábado"],
            Weekday::Sunday => ["Sunday", "domingo", "domingo"],
        };
        self.pick(en, es, pt)
    }

    fn date(&self, date: jiff::civil::Date) -> String {
        let [en, es, pt] = match date.month() {
            1 => ["January", "enero", "janeiro"],
            2 => ["February", "febrero", "fevereiro"],
            3 => ["March", "marzo", "março"],
            4 => ["April", "abril", "abril"],
            5 => ["May", "mayo", "maio"],
            6 => ["June", "junio", "junho"],
            7 => ["July", "julio", "julho"],
            8 => ["August", "agosto", "agosto"],
            9 => ["September", "septiembre", "setembro"],
            10 => ["October", "octubre", "outubro"],
            11 => ["November", "noviembre", "novembro"],
            _ => ["December", "diciembre", "dezembro"],
        };
        let (day, month) = (date.day(), self.pick(en, es, pt));
        say!(self, "{day} {month}", "{day} de {month}", "{day} de {month}")
    }

    /// The day that begins: for the subject of the start of the day.
    pub(crate) fn today(&self) -> String {
        let date = self.now.to_zoned(self.zone.clone().unwrap_or(TimeZone::UTC)).date();
        let (weekday, date) = (self.weekday(date.weekday()), self.date(date));
        say!(self, "{weekday}, {date}", "{weekday}, {date}", "{weekday}, {date}")
    }

    /// "By 11:30 today, your time."
    pub(crate) fn by(&self, due: Option<Timestamp>) -> String {
        match due {
            Some(due) => {
                let when = self.when(due);
                say!(self, "By {when}, your time.", "Hasta: {when}, tu hora.", "Até: {when}, sua hora.")
            }
            None => self
                .pick(
                    "No rush. Reply when you can.",
                    "Sin prisa. Responde cuando puedas.",
                    "Sem pressa. Responda quando puder.",
                )
                .to_owned(),
        }
    }

    /// "By 11:30 tomorrow, your time.", and once that has passed, "It was for …".
    pub(crate) fn due(&self, due: Timestamp, now: Timestamp) -> String {
        if due <= now { self.was_for(due) } else { self.by(Some(due)) }
    }

    /// "This was for 11:30 today, your time."
    pub(crate) fn was_for(&self, due: Timestamp) -> String {
        let when = self.when(due);
        say!(
            self,
            "It was for {when}, your time.",
            "Era para: {when}, tu hora.",
            "Era para: {when}, sua hora."
        )
    }

    // ------------------------------------------------------------------ asks

    /// "Yuki asks you to decide": what follows is the question.
    pub(crate) fn asks_you(&self, kind: AskKind, asker: &str) -> String {
        match kind {
            AskKind::Answer => {
                say!(
                    self,
                    "{asker} asks you for an answer",
                    "{asker} te pide una respuesta",
                    "{asker} pede uma resposta a você"
                )
            }
            AskKind::Decide => {
                say!(
                    self,
                    "{asker} asks you to decide",
                    "{asker} te pide que decidas",
                    "{asker} pede que você decida"
                )
            }
            AskKind::Review => {
                say!(
                    self,
                    "{asker} asks you to review",
                    "{asker} te pide que revises",
                    "{asker} pede que você revise"
                )
            }
            AskKind::Do => {
                say!(
                    self,
                    "{asker} asks you to act",
                    "{asker} te pide que actúes",
                    "{asker} pede que você aja"
                )
            }
            AskKind::Acknowledge => {
                say!(
                    self,
                    "{asker} asks you to acknowledge",
                    "{asker} te pide que confirmes",
                    "{asker} pede que você confirme"
                )
            }
        }
    }

    /// The same to a group of which the reader is one.
    pub(crate) fn asks_group(&self, asker: &str, group: &str) -> String {
        say!(
            self,
            "{asker} asks {group}, and you are one of them",
            "{asker} pide algo a {group}, y tú estás en el grupo",
            "{asker} pede algo a {group}, e você está no grupo"
        )
    }

    /// The time of an ask is near.
    pub(crate) fn needs(&self, kind: AskKind, asker: &str) -> String {
        match kind {
            AskKind::Answer => {
                say!(
                    self,
                    "{asker} needs your answer",
                    "{asker} necesita tu respuesta",
                    "{asker} precisa da sua resposta"
                )
            }
            AskKind::Decide => {
                say!(
                    self,
                    "{asker} needs your decision",
                    "{asker} necesita tu decisión",
                    "{asker} precisa da sua decisão"
                )
            }
            AskKind::Review => {
                say!(
                    self,
                    "{asker} needs your review",
                    "{asker} necesita tu revisión",
                    "{asker} precisa da sua revisão"
                )
            }
            AskKind::Do => {
                say!(
                    self,
                    "{asker} needs it done",
                    "{asker} necesita que esté hecho",
                    "{asker} precisa disto feito"
                )
            }
            AskKind::Acknowledge => {
                say!(
                    self,
                    "{asker} needs to know that you have it",
                    "{asker} necesita saber que lo tienes",
                    "{asker} precisa saber que está com você"
                )
            }
        }
    }

    /// The time of an ask of the reader's own has passed.
    pub(crate) fn no_reply_from(&self, asked: &str) -> String {
        say!(
            self,
            "No reply from {asked} yet",
            "Sin respuesta de {asked} todavía",
            "Sem resposta de {asked} ainda"
        )
    }

    /// The same when it was asked of a group.
    pub(crate) fn nobody_took_it(&self, group: &str) -> String {
        say!(
            self,
            "Nobody in {group} has taken it yet",
            "Nadie de {group} lo ha tomado aún",
            "Ninguém de {group} assumiu ainda"
        )
    }

    /// What the asker can do then.
    pub(crate) fn late_choices(&self) -> &'static str {
        self.pick(
            "You can wait longer or ask someone else.",
            "Puedes esperar más o pedírselo a otra persona.",
            "Você pode esperar mais ou pedir a outra pessoa.",
        )
    }

    pub(crate) fn urgent(&self, sentence: &str) -> String {
        say!(self, "Urgent: {sentence}", "Urgente: {sentence}", "Urgente: {sentence}")
    }

    /// Why it is urgent, and what happens if it waits.
    pub(crate) fn because(&self, reason: &str, cost: &str) -> String {
        let reason = full_stop(reason);
        let cost = full_stop(cost);
        say!(
            self,
            "{reason} If it waits: {cost}",
            "{reason} Si espera: {cost}",
            "{reason} Se esperar: {cost}"
        )
    }

    pub(crate) fn answered(&self, name: &str) -> String {
        say!(self, "{name} answered", "{name} respondió", "{name} respondeu")
    }

    pub(crate) fn moved(&self) -> &'static str {
        self.pick(
            "The time of an ask has moved",
            "La hora de una petición se movió",
            "A hora de um pedido mudou",
        )
    }

    /// From when to when.
    pub(crate) fn moved_from_to(&self, before: Option<Timestamp>, due: Option<Timestamp>) -> String {
        match (before, due) {
            (Some(before), Some(due)) => {
                let (before, due) = (self.when(before), self.when(due));
                say!(
                    self,
                    "It was for {before}. Now it is for {due}, your time.",
                    "Era para: {before}. Ahora es para: {due}, tu hora.",
                    "Era para: {before}. Agora é para: {due}, sua hora."
                )
            }
            (_, due) => self.by(due),
        }
    }

    // ------------------------------------------------------------------ deliveries

    pub(crate) fn asks(&self, count: usize) -> String {
        count!(
            self,
            count,
            ("{count} ask", "{count} petición", "{count} pedido"),
            ("{count} asks", "{count} peticiones", "{count} pedidos")
        )
    }

    pub(crate) fn threads(&self, count: usize) -> String {
        count!(
            self,
            count,
            ("{count} thread", "{count} hilo", "{count} conversa"),
            ("{count} threads", "{count} hilos", "{count} conversas")
        )
    }

    /// "2 asks, 3 threads".
    pub(crate) fn counted(&self, asks: usize, threads: usize) -> String {
        match (asks, threads) {
            (0, threads) => self.threads(threads),
            (asks, 0) => self.asks(asks),
            (asks, threads) => format!("{}, {}", self.asks(asks), self.threads(threads)),
        }
    }

    pub(crate) fn delivered(&self, asks: usize, threads: usize) -> String {
        let counted = self.counted(asks, threads);
        say!(self, "Delivered: {counted}", "Entregado: {counted}", "Entregue: {counted}")
    }

    pub(crate) fn new_posts(&self, count: i64) -> String {
        count!(
            self,
            count,
            ("{count} new post", "{count} mensaje nuevo", "{count} mensagem nova"),
            ("{count} new posts", "{count} mensajes nuevos", "{count} mensagens novas")
        )
    }

    /// "Jonas: the beginning of what he wrote".
    pub(crate) fn wrote(&self, name: &str, words: &str) -> String {
        say!(self, "{name}: {words}", "{name}: {words}", "{name}: {words}")
    }

    /// The same of what somebody wrote or did: "Camila handed this task over to you. The cache is done."
    pub(crate) fn says(&self, written: &Written, words: &str) -> String {
        let name = &written.name;
        match &written.did {
            None => self.wrote(name, words),
            Some(did) if words.is_empty() => self.did(name, did),
            Some(did) => format!("{} {words}", self.did(name, did)),
        }
    }

    fn did(&self, name: &str, did: &Did) -> String {
        self.hands(name, did).or_else(|| self.accepted(name, did)).unwrap_or_else(|| {
            say!(
                self,
                "{name} changed something here.",
                "{name} cambió algo aquí.",
                "{name} mudou algo aqui."
            )
        })
    }

    // ------------------------------------------------------------------ mail

    pub(crate) fn your_day(&self, asks: usize, threads: usize) -> String {
        let (day, counted) = (self.today(), self.counted(asks, threads));
        say!(self, "{day}: {counted}", "{day}: {counted}", "{day}: {counted}")
    }

    pub(crate) fn waiting_for_you(&self) -> &'static str {
        self.pick("Waiting for your reply", "Esperan tu respuesta", "Esperam a sua resposta")
    }

    pub(crate) fn for_you_to_read(&self) -> &'static str {
        self.pick("For you to read", "Para leer", "Para ler")
    }

    pub(crate) fn open_thread(&self) -> &'static str {
        self.pick("Open the thread", "Abrir el hilo", "Abrir a conversa")
    }

    pub(crate) fn open_inbox(&self) -> &'static str {
        self.pick("Open the inbox", "Abrir la bandeja", "Abrir a entrada")
    }

    /// Where a thread is.
    pub(crate) fn in_space(&self, title: &str, space: &str) -> String {
        say!(self, "{title}, in {space}", "{title}, en {space}", "{title}, em {space}")
    }

    /// Why this mail came.
    pub(crate) fn mails_for_asks(&self, workspace: &str) -> String {
        say!(
            self,
            "{workspace} sends you a mail for each ask.",
            "{workspace} te envía un correo por cada petición.",
            "{workspace} envia a você um e-mail para cada pedido."
        )
    }

    /// Why this one came.
    pub(crate) fn mails_for_days(&self, workspace: &str) -> String {
        say!(
            self,
            "{workspace} sends you one mail at the start of your day.",
            "{workspace} te envía un correo al comienzo de tu día.",
            "{workspace} envia a você um e-mail no começo do seu dia."
        )
    }

    /// Why this one came.
    pub(crate) fn mails_when_urgent(&self, workspace: &str) -> String {
        say!(
            self,
            "{workspace} sends you a mail for each urgent ask.",
            "{workspace} te envía un correo por cada petición urgente.",
            "{workspace} envia a você um e-mail para cada pedido urgente."
        )
    }

    pub(crate) fn stop_these_mails(&self) -> &'static str {
        self.pick("Stop these mails", "No recibir más estos correos", "Parar estes e-mails")
    }

    pub(crate) fn choose_mails(&self) -> &'static str {
        self.pick(
            "Choose what comes by mail",
            "Elegir qué llega por correo",
            "Escolher o que chega por e-mail",
        )
    }

    pub(crate) fn stopped_for_asks(&self) -> &'static str {
        self.pick(
            "Asks no longer come by mail. They wait in your inbox.",
            "Las peticiones ya no llegan por correo. Te esperan en la bandeja.",
            "Os pedidos não chegam mais por e-mail. Esperam por você na entrada.",
        )
    }

    pub(crate) fn stopped_for_days(&self) -> &'static str {
        self.pick(
            "The mail at the start of your day no longer comes.",
            "El correo al comienzo de tu día ya no llega.",
            "O e-mail no começo do seu dia não chega mais.",
        )
    }

    // ------------------------------------------------------------------ tests

    pub(crate) fn test_push(&self) -> (&'static str, &'static str) {
        (
            self.pick(
                "This browser is connected",
                "Este navegador está conectado",
                "Este navegador está conectado",
            ),
            self.pick(
                "Deliveries appear like this one, in your working hours.",
                "Las entregas aparecen así, en tu horario de trabajo.",
                "As entregas aparecem assim, no seu horário de trabalho.",
            ),
        )
    }

    pub(crate) fn test_mail(&self) -> (&'static str, &'static str) {
        (
            self.pick("Mail works", "El correo funciona", "O e-mail funciona"),
            self.pick(
                "This is a test that you asked for in the admin pages. Mail from your workspace arrives.",
                "Esta es una prueba que pediste en las páginas de administración. El correo de tu espacio de trabajo llega.",
                "Este é um teste que você pediu nas páginas de administração. O e-mail do seu espaço de trabalho chega.",
            ),
        )
    }

    fn pick(&self, en: &'static str, es: &'static str, pt: &'static str) -> &'static str {
        match self.language {
            Language::En => en,
            Language::Es => es,
            Language::Pt => pt,
        }
    }
}

/// A sentence ends with a full stop, whoever wrote it.
fn full_stop(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?', '…', '。']) { text.to_owned() } else { format!("{text}.") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(language: Language, clock: HourClock, zone: Option<&str>) -> Words {
        let settings = Settings { language, clock, ..Settings::default() };
        Words::new(&settings, zone, "2026-11-25T21:40:00Z".parse().unwrap())
    }

    fn when(language: Language, clock: HourClock, at: &str) -> String {
        words(language, clock, Some("America/Bogota")).when(at.parse().unwrap())
    }

    #[test]
    fn times_are_those_of_the_reader() {
        use {HourClock::*, Language::*};
        assert_eq!(when(En, TwentyFour, "2026-11-26T04:30:00Z"), "23:30 today");
        assert_eq!(when(En, Twelve, "2026-11-26T04:30:00Z"), "11:30 pm today");
        assert_eq!(when(Es, Twelve, "2026-11-26T14:30:00Z"), "mañana, 9:30 a. m.");
        assert_eq!(when(Es, TwentyFour, "2026-11-25T16:00:00Z"), "hoy, 11:00");
        assert_eq!(when(Pt, TwentyFour, "2026-11-24T16:00:00Z"), "ontem, 11:00");
        assert_eq!(when(Pt, TwentyFour, "2026-12-01T16:00:00Z"), "terça-feira, 11:00");
        assert_eq!(when(En, TwentyFour, "2026-12-02T16:00:00Z"), "2 December, 11:00");
        assert_eq!(when(En, TwentyFour, "2026-10-14T16:00:00Z"), "14 October, 11:00");
        assert_eq!(when(Es, TwentyFour, "2027-01-02T16:00:00Z"), "2 de enero, 11:00");
    }

    #[test]
    fn where_nobody_knows_the_zone_the_time_names_one() {
        let words = words(Language::En, HourClock::TwentyFour, None);
        assert_eq!(words.when("2026-11-25T22:00:00Z".parse().unwrap()), "22:00 UTC today");
        assert_eq!(words.by(None), "No rush. Reply when you can.");
    }

    #[test]
    fn one_and_many() {
        let words = |language| words(language, HourClock::TwentyFour, None);
        assert_eq!(words(Language::En).counted(1, 2), "1 ask, 2 threads");
        assert_eq!(words(Language::Es).counted(2, 1), "2 peticiones, 1 hilo");
        assert_eq!(words(Language::Pt).counted(0, 1), "1 conversa");
        assert_eq!(
            words(Language::En).because("Production is down", "Nobody can pay."),
            "Production is down. If it waits: Nobody can pay."
        );
    }
}
