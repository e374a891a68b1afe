//! What becomes of a task on its way from one person to another.

use people::settings::Language;

use super::Words;
use crate::news::Did;

impl Words {
    /// What somebody did with a task that goes from hand to hand; none for every other verb.
    pub(super) fn hands(&self, name: &str, did: &Did) -> Option<String> {
        let (to, is_reader) =
            did.to.as_ref().map_or(("", false), |(to, is_reader)| (to.as_str(), *is_reader));
        Some(match (did.verb.as_str(), is_reader) {
            ("task.assigned", true) => say!(
                self,
                "{name} gave this task to you.",
                "{name} te dio esta tarea.",
                "{name} deu esta tarefa a você."
            ),
            ("task.assigned", false) if !to.is_empty() => say!(
                self,
                "{name} gave this task to {to}.",
                "{name} dio esta tarea a {to}.",
                "{name} deu esta tarefa a {to}."
            ),
            ("task.handed_over", true) => say!(
                self,
                "{name} handed this task over to you.",
                "{name} te pasó esta tarea.",
                "{name} passou esta tarefa a você."
            ),
            ("task.handed_over", false) => say!(
                self,
                "{name} handed this task over to {to}.",
                "{name} pasó esta tarea a {to}.",
                "{name} passou esta tarefa a {to}."
            ),
            ("task.handoff_offered", true) => say!(
                self,
                "{name} hands this task over to you. Accept it, and it is yours.",
                "{name} te pasa esta tarea. Acéptala y será tuya.",
                "{name} passa esta tarefa a você. Aceite, e ela é sua."
            ),
            ("task.handoff_offered", false) => say!(
                self,
                "{name} hands this task over to {to}.",
                "{name} pasa esta tarea a {to}.",
                "{name} passa esta tarefa a {to}."
            ),
            ("task.handoff_accepted", true) => say!(
                self,
                "{name} accepted the task that you handed over.",
                "{name} aceptó la tarea que le pasaste.",
                "{name} aceitou a tarefa que você passou."
            ),
            ("task.handoff_accepted", false) => say!(
                self,
                "{name} accepted this task from {to}.",
                "{name} aceptó esta tarea de {to}.",
                "{name} aceitou esta tarefa de {to}."
            ),
            ("task.handoff_returned", true) => say!(
                self,
                "{name} gave this task back to you.",
                "{name} te devolvió esta tarea.",
                "{name} devolveu esta tarefa a você."
            ),
            ("task.handoff_returned", false) => say!(
                self,
                "{name} gave this task back to {to}.",
                "{name} devolvió esta tarea a {to}.",
                "{name} devolveu esta tarefa a {to}."
            ),
            ("task.handoff_lapsed", true) => say!(
                self,
                "{name} did not accept this task in time. It stays with you.",
                "{name} no aceptó esta tarea a tiempo. Sigue contigo.",
                "{name} não aceitou esta tarefa a tempo. Ela fica com você."
            ),
            ("task.handoff_lapsed", false) => say!(
                self,
                "{name} did not accept this task in time. It stays with {to}.",
                "{name} no aceptó esta tarea a tiempo. Sigue con {to}.",
                "{name} não aceitou esta tarefa a tempo. Ela fica com {to}."
            ),
            ("task.handoff_taken_back", _) => say!(
                self,
                "{name} keeps this task: the handoff was taken back.",
                "{name} se queda con esta tarea: retiró el relevo.",
                "{name} fica com esta tarefa: retirou a passagem."
            ),
            ("task.queue_passed", true) => say!(
                self,
                "Your day goes on: the queue passed this task from {name} to you.",
                "Tu día sigue: la cola te pasó esta tarea de {name}.",
                "O seu dia continua: a fila passou esta tarefa de {name} a você."
            ),
            ("task.queue_passed", false) => say!(
                self,
                "The queue passed this task from {name} to {to}.",
                "La cola pasó esta tarea de {name} a {to}.",
                "A fila passou esta tarefa de {name} a {to}."
            ),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use people::settings::Settings;

    use super::*;
    use crate::news::Written;

    fn said(language: Language, verb: &str, to: Option<(&str, bool)>, words: &str) -> String {
        let settings = Settings { language, ..Settings::default() };
        let to = to.map(|(name, is_reader)| (name.to_owned(), is_reader));
        let written = Written {
            name: "Camila".to_owned(),
            text: words.to_owned(),
            did: Some(Did { verb: verb.to_owned(), to }),
        };
        Words::new(&settings, None, "2026-11-25T21:40:00Z".parse().unwrap()).says(&written, words)
    }

    #[test]
    fn what_becomes_of_a_task_is_said_in_each_language() {
        let me = Some(("Althea", true));
        let other = Some(("Althea", false));
        assert_eq!(said(Language::En, "task.assigned", me, ""), "Camila gave this task to you.");
        assert_eq!(said(Language::Es, "task.assigned", other, ""), "Camila dio esta tarea a Althea.");
        assert_eq!(
            said(Language::Pt, "task.handed_over", me, "O cache está pronto."),
            "Camila passou esta tarefa a você. O cache está pronto."
        );
        assert_eq!(
            said(Language::En, "task.handoff_offered", me, "The cache is done."),
            "Camila hands this task over to you. Accept it, and it is yours. The cache is done."
        );
        assert_eq!(said(Language::Es, "task.handoff_offered", other, ""), "Camila pasa esta tarea a Althea.");
        assert_eq!(
            said(Language::Pt, "task.handoff_accepted", me, ""),
            "Camila aceitou a tarefa que você passou."
        );
        assert_eq!(
            said(Language::En, "task.handoff_returned", me, "I am away on Friday."),
            "Camila gave this task back to you. I am away on Friday."
        );
        assert_eq!(
            said(Language::Es, "task.handoff_lapsed", me, ""),
            "Camila no aceptó esta tarea a tiempo. Sigue contigo."
        );
        assert_eq!(
            said(Language::En, "task.handoff_taken_back", me, ""),
            "Camila keeps this task: the handoff was taken back."
        );
        assert_eq!(
            said(Language::Pt, "task.queue_passed", other, ""),
            "A fila passou esta tarefa de Camila a Althea."
        );
    }

    #[test]
    fn each_verb_has_a_sentence_of_its_own() {
        let verbs = [
            "task.assigned",
            "task.handed_over",
            "task.handoff_offered",
            "task.handoff_accepted",
            "task.handoff_returned",
            "task.handoff_lapsed",
            "task.handoff_taken_back",
            "task.queue_passed",
        ];
        for language in [Language::En, Language::Es, Language::Pt] {
            for to in [Some(("Althea", true)), Some(("Althea", false))] {
                let sentences: Vec<String> = verbs.iter().map(|verb| said(language, verb, to, "")).collect();
                let different: std::collections::BTreeSet<_> = sentences.iter().collect();
                assert_eq!(different.len(), verbs.len(), "{sentences:?}");
            }
        }
        assert_eq!(said(Language::En, "task.unheard_of", None, ""), "Camila changed something here.");
        assert_eq!(said(Language::En, "task.assigned", None, ""), "Camila changed something here.");
    }
}
