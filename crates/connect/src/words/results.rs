//! What a mail says of accepting and sending back, and how the entries of a calendar are called.

use people::settings::Language;
use topics::asks::AskKind;

use super::Words;
use crate::news::Did;

impl Words {
    /// That what came out of a task was accepted or sent back; none for other verbs.
    pub(super) fn accepted(&self, name: &str, did: &Did) -> Option<String> {
        let said = match (did.verb.as_str(), &did.to) {
            ("task.sent_back", Some((_, true))) => say!(
                self,
                "{name} sent this task back to you.",
                "{name} te devolvió esta tarea.",
                "{name} devolveu esta tarefa a você."
            ),
            ("task.sent_back", _) => say!(
                self,
                "{name} sent this task back.",
                "{name} devolvió esta tarea.",
                "{name} devolveu esta tarefa."
            ),
            ("task.accepted", _) => say!(
                self,
                "{name} accepted what came out of this task.",
                "{name} aceptó el resultado de esta tarea.",
                "{name} aceitou o resultado desta tarefa."
            ),
            _ => return None,
        };
        Some(said)
    }

    /// What is asked of the reader, as an entry of their calendar: "Review: the two paragraphs".
    pub(crate) fn asked_for(&self, kind: AskKind, question: &str) -> String {
        match kind {
            AskKind::Answer => {
                say!(self, "Answer: {question}", "Responder: {question}", "Responder: {question}")
            }
            AskKind::Decide => say!(self, "Decide: {question}", "Decidir: {question}", "Decidir: {question}"),
            AskKind::Review => say!(self, "Review: {question}", "Revisar: {question}", "Revisar: {question}"),
            AskKind::Do => say!(self, "Do: {question}", "Hacer: {question}", "Fazer: {question}"),
            AskKind::Acknowledge => say!(
                self,
                "Acknowledge: {question}",
                "Confirmar lectura: {question}",
                "Confirmar leitura: {question}"
            ),
        }
    }

    /// Time off, as an entry of the reader's own calendar.
    pub(crate) fn time_off(&self) -> &'static str {
        self.pick("Time off", "Ausencia", "Ausência")
    }
}
