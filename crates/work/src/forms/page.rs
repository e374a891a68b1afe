//! The pages of a form: plain HTML that needs no scripts, in the language of whoever reads it.

use std::fmt::Write;

use axum::http::{HeaderMap, header};

use super::{ABOUT, Filled, FormAsks, FormField, OpenForm, TRAP, Wrong, name_of};
use crate::field::FieldKind;

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Problem {
    Missing,
    TooLong,
    NoDate,
    Past,
    TooFar,
    NoAddress,
    NotOne,
}

/// A language of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Spanish,
    Portuguese,
}

impl Language {
    /// The first of ours that a browser asks for.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("");
        let known = |wanted: &str| match wanted.trim().get(..2).map(str::to_ascii_lowercase).as_deref() {
            Some("en") => Some(Self::English),
            Some("es") => Some(Self::Spanish),
            Some("pt") => Some(Self::Portuguese),
            _ => None,
        };
        wanted.split(',').find_map(known).unwrap_or(Self::English)
    }

    const fn tag(self) -> &'static str {
        self.pick("en", "es", "pt")
    }

    const fn pick(self, en: &'static str, es: &'static str, pt: &'static str) -> &'static str {
        match self {
            Self::English => en,
            Self::Spanish => es,
            Self::Portuguese => pt,
        }
    }

    const fn problem(self, problem: Problem) -> &'static str {
        match problem {
            Problem::Missing => self.pick("Fill this in.", "Completa este campo.", "Preencha este campo."),
            Problem::TooLong => self.pick("This is too long.", "Es demasiado largo.", "É longo demais."),
            Problem::NoDate => self.pick("This is not a date.", "No es una fecha.", "Não é uma data."),
            Problem::Past => self.pick(
                "This day is over. Choose a later one.",
                "Ese día ya pasó. Elige uno posterior.",
                "Esse dia já passou. Escolha um posterior.",
            ),
            Problem::TooFar => self.pick(
                "This day is too far away.",
                "Ese día está demasiado lejos.",
                "Esse dia está longe demais.",
            ),
            Problem::NoAddress => self.pick(
                "This is not an e-mail address.",
                "No es una dirección de correo.",
                "Não é um endereço de e-mail.",
            ),
            Problem::NotOne => self.pick(
                "Choose or write a valid value.",
                "Elige o escribe un valor válido.",
                "Escolha ou escreva um valor válido.",
            ),
        }
    }
}

/// The form, with what was filled in before and what is wrong with it.
pub(crate) fn form(language: Language, at: &OpenForm, filled: &Filled, wrong: &Wrong) -> String {
    let mut content = String::new();
    if !wrong.is_empty() {
        let text = language.pick(
            "It was not sent. Some fields need another look.",
            "No se envió. Revisa los campos marcados.",
            "Não foi enviado. Revise os campos marcados.",
        );
        let _ = write!(content, "<p class=\"problem\" role=\"alert\">{text}</p>");
    }
    if !at.form.intro.is_empty() {
        let _ = write!(content, "<p class=\"intro\">{}</p>", escaped(&at.form.intro));
    }
    content.push_str("<form method=\"post\" accept-charset=\"utf-8\">");
    let about = language.pick(
        "What do you need, in one line?",
        "¿Qué necesitas, en una línea?",
        "Do que você precisa, em uma linha?",
    );
    let input = |name: &str| -> String {
        format!("<input name=\"{name}\" id=\"{name}\" maxlength=\"200\" value=\"{}\"", said(filled, name))
    };
    content
        .push_str(&labelled(language, ABOUT, about, true, wrong, &|more| format!("{}{more}>", input(ABOUT))));
    for field in &at.form.fields {
        content.push_str(&shown(language, at, field, filled, wrong));
    }
    let _ = write!(
        content,
        "<p class=\"trap\" aria-hidden=\"true\"><label for=\"{TRAP}\">{}</label>\
         <input name=\"{TRAP}\" id=\"{TRAP}\" tabindex=\"-1\" autocomplete=\"off\"></p>",
        language.pick("Leave this empty", "Deja esto vacío", "Deixe isto vazio")
    );
    let _ = write!(content, "<button>{}</button></form>", language.pick("Send", "Enviar", "Enviar"));
    let note = language.pick(
        "What you send goes to the people of this project. Nothing else is kept about you.",
        "Lo que envías llega a las personas de este proyecto. No se guarda nada más sobre ti.",
        "O que você envia chega às pessoas deste projeto. Nada mais é guardado sobre você.",
    );
    let _ = write!(content, "<p class=\"small\">{note}</p>");
    page(language, &at.form.title, &content)
}

/// That it was sent: where it is now, and what is not promised.
pub(crate) fn thanks(language: Language, at: &OpenForm) -> String {
    let text = language.pick(
        "It was sent. The people of this project see it now. You get no reply by itself; they write to you if you left an address.",
        "Se envió. Las personas de este proyecto ya lo ven. No hay respuesta automática; te escribirán si dejaste una dirección.",
        "Foi enviado. As pessoas deste projeto já veem. Não há resposta automática; elas escrevem se você deixou um endereço.",
    );
    let again = language.pick("Send another one", "Enviar otra", "Enviar outra");
    let content =
        format!("<p role=\"status\">{text}</p><p><a href=\"{}\">{again}</a></p>", escaped(&at.form.secret));
    page(language, &at.form.title, &content)
}

/// That there is no form at this address, or none any more.
pub(crate) fn gone(language: Language) -> String {
    let title =
        language.pick("There is no form here", "Aquí no hay ningún formulario", "Não há formulário aqui");
    let text = language.pick(
        "It was closed, or its address has changed. Ask whoever gave it to you for a new one.",
        "Se cerró o su dirección cambió. Pide una nueva a quien te la dio.",
        "Foi fechado ou o endereço mudou. Peça um novo a quem o deu a você.",
    );
    page(language, title, &format!("<p>{text}</p>"))
}

/// That too much was sent from there.
pub(crate) fn too_many(language: Language) -> String {
    let title = language.pick("Too much at once", "Demasiados envíos seguidos", "Envios demais de uma vez");
    let text = language.pick(
        "It was not sent. Wait a few minutes, go back and send it again: what you wrote is still there.",
        "No se envió. Espera unos minutos, vuelve atrás y envíalo de nuevo: lo que escribiste sigue ahí.",
        "Não foi enviado. Espere alguns minutos, volte e envie de novo: o que você escreveu continua lá.",
    );
    page(language, title, &format!("<p role=\"alert\">{text}</p>"))
}

/// That it was more than a form takes.
pub(crate) fn too_large(language: Language) -> String {
    let title = language.pick("That is too much", "Es demasiado", "É demais");
    let text = language.pick(
        "It was not sent. Go back, make it shorter and send it again: what you wrote is still there.",
        "No se envió. Vuelve atrás, acórtalo y envíalo de nuevo: lo que escribiste sigue ahí.",
        "Não foi enviado. Volte, encurte e envie de novo: o que você escreveu continua lá.",
    );
    page(language, title, &format!("<p role=\"alert\">{text}</p>"))
}

fn said(filled: &Filled, name: &str) -> String {
    filled.get(name).map(|text| escaped(text)).unwrap_or_default()
}

fn shown(language: Language, at: &OpenForm, field: &FormField, filled: &Filled, wrong: &Wrong) -> String {
    let name = name_of(field);
    let value = said(filled, &name);
    let known = field.field.and_then(|id| at.project.fields.iter().find(|known| known.id == id));
    let label = match field.asks {
        FormAsks::Details => language.pick("Details", "Detalles", "Detalhes").to_owned(),
        FormAsks::Name => language.pick("Your name", "Tu nombre", "Seu nome").to_owned(),
        FormAsks::Email => language.pick("Your e-mail address", "Tu correo", "Seu e-mail").to_owned(),
        FormAsks::WantedBy => language.pick("Wanted by", "Para cuándo", "Para quando").to_owned(),
        FormAsks::Field => escaped(known.map_or("", |known| known.name.as_str())),
    };
    let plain = |kind: &str, more: &str| {
        format!(
            "<input type=\"{kind}\" name=\"{name}\" id=\"{name}\" maxlength=\"200\" value=\"{value}\"{more}>"
        )
    };
    let control = |more: &str| match (field.asks, known.map(|known| known.kind)) {
        (FormAsks::Details, _) => {
            format!(
                "<textarea name=\"{name}\" id=\"{name}\" rows=\"6\" maxlength=\"9000\"{more}>{value}</textarea>"
            )
        }
        (FormAsks::Email, _) => plain("email", &format!(" autocomplete=\"email\"{more}")),
        (FormAsks::Name, _) => plain("text", &format!(" autocomplete=\"name\"{more}")),
        (FormAsks::WantedBy, _) | (_, Some(FieldKind::Date)) => plain("date", more),
        (_, Some(FieldKind::Number)) => plain("text", &format!(" inputmode=\"decimal\"{more}")),
        (_, Some(FieldKind::Choice)) => {
            let mut options = "<option value=\"\"></option>".to_owned();
            for choice in known.iter().flat_map(|known| &known.choices) {
                let selected = if choice.id.to_string() == value { " selected" } else { "" };
                let _ = write!(
                    options,
                    "<option value=\"{}\"{selected}>{}</option>",
                    choice.id,
                    escaped(&choice.name)
                );
            }
            format!("<select name=\"{name}\" id=\"{name}\"{more}>{options}</select>")
        }
        _ => plain("text", more),
    };
    labelled(language, &name, &label, field.needed, wrong, &control)
}

fn labelled(
    language: Language,
    name: &str,
    label: &str,
    needed: bool,
    wrong: &Wrong,
    control: &dyn Fn(&str) -> String,
) -> String {
    let problem = wrong.iter().find(|(field, _)| field == name).map(|(_, problem)| *problem);
    let mut more = if needed { " required".to_owned() } else { String::new() };
    let optional = language.pick("optional", "opcional", "opcional");
    let hint = if needed { String::new() } else { format!(" <small>{optional}</small>") };
    let told = problem.map(|problem| {
        let _ = write!(more, " aria-invalid=\"true\" aria-describedby=\"{name}-problem\"");
        format!("<span class=\"problem\" id=\"{name}-problem\">{}</span>", language.problem(problem))
    });
    format!(
        "<p><label for=\"{name}\">{label}{hint}</label>{}{}</p>",
        control(&more),
        told.unwrap_or_default()
    )
}

fn page(language: Language, title: &str, content: &str) -> String {
    format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\">\
         <style>:root{{color-scheme:light dark;--line:light-dark(#8a8676,#8d8a80);--ink-2:light-dark(#57534a,#b9b5a9);\
         --red:light-dark(#a3271b,#ff9d8f);--green:light-dark(#1f5a44,#7fd1ae);--paper:light-dark(#fbf9f4,#1b1a17);\
         --card:light-dark(#fff,#242320)}}*{{box-sizing:border-box}}body{{margin:0;padding:6vh 16px;background:var(--paper);\
         font:1rem/1.5 system-ui,sans-serif}}main{{max-width:36rem;margin:0 auto;padding:28px;background:var(--card);\
         border:1px solid light-dark(#e3ded1,#3a3833);border-radius:14px}}h1{{font-size:1.5rem;line-height:1.25;margin:0 0 .6em;\
         overflow-wrap:anywhere}}.intro{{white-space:pre-line;color:var(--ink-2)}}form p{{display:grid;gap:6px;margin:0 0 18px}}\
         label{{font-weight:600}}label small{{font-weight:400;color:var(--ink-2)}}input,textarea,select{{font:inherit;width:100%;\
         padding:10px 12px;min-height:44px;border:1px solid var(--line);border-radius:8px;background:var(--card);color:inherit}}\
         [aria-invalid]{{border-color:var(--red)}}.problem{{color:var(--red)}}.small{{color:var(--ink-2);font-size:.875rem;\
         margin:18px 0 0}}a{{color:var(--green)}}button{{font:inherit;font-weight:600;padding:11px 22px;min-height:44px;border:0;\
         border-radius:8px;background:light-dark(#1f5a44,#7fd1ae);color:light-dark(#fff,#10231c);cursor:pointer}}\
         form .trap{{position:absolute;left:-200vw}}\
         @media(max-width:480px){{body{{padding:0}}main{{border:0;border-radius:0;min-height:100vh;padding:20px 16px}}}}</style></head>\
         <body><main><h1>{title}</h1>{content}</main></body></html>",
        language.tag(),
        title = escaped(title),
    )
}

/// Text as HTML shows it.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            letter => safe.push(letter),
        }
    }
    safe
}
