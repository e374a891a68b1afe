//! Who may do what: every operation of the specification, tried by everybody.

use std::collections::BTreeSet;

use testkit::{App, World, both};

use crate::requests::call;

/// What the operation answers to Camila (owner, in the space), Ines (admin, outside), Althea
/// (member, outside), Noor (guest elsewhere) and Zoe (owner of another workspace).
type Row = (&'static str, [u16; 5]);

/// For everybody, signed in or not.
const PUBLIC: &[Row] = &[
    ("accept_invitation", [201; 5]),
    ("ask_to_unsubscribe", [200; 5]),
    ("show_form", [200; 5]),
    ("send_form", [422; 5]), // the page, with what is missing
    ("open_feed", [200; 5]),
    ("open_invitation", [200; 5]),
    ("read_health", [200; 5]),
    ("set_up", [409; 5]),
    ("sign_in", [201; 5]),
    ("state", [200; 5]),
    ("unsubscribe", [200; 5]),
];

/// For members, each about their own.
const OWN: &[Row] = &[
    ("add_time_off", [200, 200, 200, 409, 200]), // Noor has no zone, so no local time
    ("away_seen", [200; 5]),
    ("change_delivery", [200; 5]),
    ("change_password", [204; 5]),
    ("change_settings", [200; 5]),
    ("change_workspace", [200, 200, 403, 403, 200]),
    ("check_delivery", [200; 5]),
    ("create_space", [200, 200, 200, 403, 200]),
    ("create_token", [201; 5]),
    ("end_travel", [200; 5]),
    ("follow_changes", [200; 5]),
    ("list_asks", [200; 5]),
    ("list_changes", [200; 5]),
    ("list_direct_topics", [200; 5]),
    ("list_drafts", [200; 5]),
    ("end_feed", [204; 5]),
    ("list_goals", [200; 5]),
    ("list_groups", [200; 5]),
    ("list_handoffs", [200; 5]),
    ("list_push", [200; 5]),
    ("list_imports", [200, 200, 403, 403, 200]),
    ("list_invitations", [200, 200, 403, 403, 200]),
    ("list_members", [200; 5]),
    ("list_projects", [200; 5]),
    ("list_sessions", [200; 5]),
    ("list_spaces", [200; 5]),
    ("list_tokens", [200; 5]),
    ("list_urgent", [200; 5]),
    ("preview", [200; 5]),
    ("preview_delivery", [200; 5]),
    ("read_admin_overview", [200, 200, 403, 403, 200]),
    ("read_away", [200; 5]),
    ("read_delivery", [200; 5]),
    ("read_holidays", [200; 5]),
    ("read_inbox", [200; 5]),
    ("read_later_choices", [200; 5]),
    ("read_me", [200; 5]),
    ("read_feed", [200; 5]),
    ("read_push_key", [200; 5]),
    ("read_results", [200; 5]),
    ("read_sign_off", [200; 5]),
    ("read_team_time", [200; 5]),
    ("read_touched_tasks", [200; 5]),
    ("read_touches", [200; 5]),
    ("read_work", [200; 5]),
    ("read_reminders", [200; 5]),
    ("choose_reminders", [200; 5]),
    ("remove_holidays", [200; 5]),
    ("renew_feed", [200; 5]),
    ("render", [200; 5]),
    ("keep_push", [204; 5]),
    ("test_mail", [409, 409, 403, 403, 409]), // the tests' site has no mail
    ("save_draft", [200; 5]),
    ("search", [200; 5]),
    ("set_holidays", [200; 5]),
    ("set_travel", [200, 200, 200, 409, 200]), // Noor has no hours to take along
    ("sign_out", [204; 5]),
    ("upload_file", [201; 5]),
];

/// About Camila, whom guests elsewhere do not see.
const PEOPLE: &[Row] = &[
    ("cancel_draft", [200, 404, 404, 404, 404]),
    ("change_group", [200, 200, 200, 404, 404]),
    ("change_member", [200, 200, 403, 404, 404]),
    ("change_time_off", [200, 404, 404, 404, 404]),
    ("create_group", [200, 200, 200, 403, 422]), // the field `members[0]` names her
    ("end_push", [204, 404, 404, 404, 404]),
    ("end_session", [204, 404, 404, 404, 404]),
    ("list_time_off", [200, 200, 200, 404, 404]),
    ("picture", [200, 200, 200, 404, 404]),
    ("preview_arrivals", [200, 200, 200, 404, 404]),
    ("preview_ask", [200, 200, 200, 404, 404]),
    ("preview_urgent", [200, 200, 200, 404, 404]),
    ("remove_draft", [200, 404, 404, 404, 404]),
    ("remove_group", [200, 200, 200, 404, 404]),
    ("remove_member", [200, 200, 403, 403, 404]),
    ("remove_schedule", [200, 403, 403, 403, 403]),
    ("remove_time_off", [200, 404, 404, 404, 404]),
    ("revoke_invitation", [204, 204, 403, 403, 404]),
    ("revoke_token", [204, 404, 404, 404, 404]),
    ("see_member", [200, 200, 200, 404, 404]),
    ("send_draft", [200, 404, 404, 404, 404]),
    ("set_picture", [200, 200, 403, 404, 404]),
    ("set_schedule", [200, 403, 403, 403, 403]),
    ("test_push", [202, 409, 409, 409, 409]), // the others have no browser
];

/// In a private space: for those outside, whatever their role, it does not exist.
const IN_THE_SPACE: &[Row] = &[
    ("accept_ask", [200, 404, 404, 404, 404]),
    ("begin_import", [200, 422, 403, 403, 422]), // the file is Camila's
    ("continue_import", [200, 404, 403, 403, 404]),
    ("preview_import", [200, 422, 403, 403, 422]),
    ("read_import", [200, 404, 403, 403, 404]),
    ("list_left_out", [200, 404, 403, 403, 404]),
    ("stop_import", [200, 404, 403, 403, 404]),
    ("accept_handoff", [200, 404, 404, 404, 404]),
    ("acknowledge_ask", [200, 404, 404, 404, 404]),
    ("add_response", [200, 404, 404, 404, 404]),
    ("answer_ask", [200, 404, 404, 404, 404]),
    ("ask_cover", [200, 404, 404, 404, 404]),
    ("change_field", [200, 404, 404, 404, 404]),
    ("change_label", [200, 404, 404, 404, 404]),
    ("change_project", [200, 404, 404, 404, 404]),
    ("change_space", [200, 404, 404, 404, 404]),
    ("change_stage", [200, 404, 404, 404, 404]),
    ("change_step", [200, 404, 404, 404, 404]),
    ("change_task", [200, 404, 404, 404, 404]),
    ("change_tasks", [200, 404, 404, 404, 404]),
    ("change_topic", [200, 404, 404, 404, 404]),
    ("change_view", [200, 404, 404, 404, 404]),
    ("claim_ask", [200, 404, 404, 404, 404]),
    ("close_ask", [200, 404, 404, 404, 404]),
    ("close_topic", [200, 404, 404, 404, 404]),
    ("create_ask", [200, 404, 404, 404, 404]),
    ("create_field", [200, 404, 404, 404, 404]),
    ("create_invitation", [201, 422, 403, 403, 422]), // the field `spaces[0]` names it
    ("create_label", [200, 404, 404, 404, 404]),
    ("set_repeat", [200, 404, 404, 404, 404]),
    ("preview_repeat", [200, 404, 404, 404, 404]),
    ("change_series", [200, 404, 404, 404, 404]),
    ("read_rhythm", [200, 404, 404, 404, 404]),
    ("read_rule_runs", [200, 404, 404, 404, 404]),
    ("create_rule", [200, 404, 404, 404, 404]),
    ("change_rule", [200, 404, 404, 404, 404]),
    ("remove_rule", [200, 404, 404, 404, 404]),
    ("create_template", [200, 404, 404, 404, 404]),
    ("change_template", [200, 404, 404, 404, 404]),
    ("remove_template", [200, 404, 404, 404, 404]),
    ("use_template", [200, 404, 404, 404, 404]),
    ("copy_project", [200, 404, 404, 404, 404]),
    ("create_form", [200, 404, 404, 404, 404]),
    ("change_form", [200, 404, 404, 404, 404]),
    ("remove_form", [200, 404, 404, 404, 404]),
    ("create_post", [200, 404, 404, 404, 404]),
    ("create_project", [200, 404, 404, 404, 404]),
    ("create_stage", [200, 404, 404, 404, 404]),
    ("create_step", [200, 404, 404, 404, 404]),
    ("create_task", [200, 404, 404, 404, 404]),
    ("create_topic", [200, 404, 404, 404, 404]),
    ("create_view", [200, 404, 404, 404, 404]),
    ("create_wait", [200, 404, 404, 404, 404]),
    ("decline_ask", [200, 404, 404, 404, 404]),
    ("decline_handoff", [200, 404, 404, 404, 404]),
    ("delete_post", [200, 404, 404, 404, 404]),
    ("do_not_show_topic", [200, 404, 404, 404, 404]),
    ("edit_post", [200, 404, 404, 404, 404]),
    ("escalate_ask", [200, 404, 404, 404, 404]),
    ("extend_ask", [200, 404, 404, 404, 404]),
    ("hand_over_task", [200, 404, 404, 404, 404]),
    ("join_space", [200, 404, 404, 404, 404]),
    ("judge_ask", [200, 404, 404, 404, 404]),
    ("leave_space", [200, 404, 404, 404, 404]),
    ("list_posts", [200, 404, 404, 404, 404]),
    ("list_tasks", [200, 404, 404, 404, 404]),
    ("list_topics", [200, 404, 404, 404, 404]),
    ("list_views", [200, 404, 404, 404, 404]),
    ("mark_done", [200, 404, 404, 404, 404]),
    ("move_task", [200, 404, 404, 404, 404]),
    ("pass_ask", [200, 404, 404, 404, 404]),
    ("read_board", [200, 404, 404, 404, 404]),
    ("read_file", [200, 404, 404, 404, 404]),
    ("queue_task", [200, 404, 404, 404, 404]),
    ("read_held", [200, 404, 404, 404, 404]),
    ("leave_to_others", [200, 404, 404, 404, 404]),
    ("read_queue", [200, 404, 404, 404, 404]),
    ("read_post_history", [200, 404, 404, 404, 404]),
    ("read_project", [200, 404, 404, 404, 404]),
    ("read_space", [200, 404, 404, 404, 404]),
    ("read_task", [200, 404, 404, 404, 404]),
    ("read_topic", [200, 404, 404, 404, 404]),
    ("reassign_ask", [200, 404, 404, 404, 404]),
    ("remove_field", [200, 404, 404, 404, 404]),
    ("remove_label", [200, 404, 404, 404, 404]),
    ("remove_response", [200, 404, 404, 404, 404]),
    ("remove_stage", [200, 404, 404, 404, 404]),
    ("remove_step", [200, 404, 404, 404, 404]),
    ("remove_view", [200, 404, 404, 404, 404]),
    ("remove_wait", [200, 404, 404, 404, 404]),
    ("reopen_ask", [200, 404, 404, 404, 404]),
    ("reopen_topic", [200, 404, 404, 404, 404]),
    ("set_mark", [200, 404, 404, 404, 404]),
    ("set_queue", [200, 404, 404, 404, 404]),
    ("show_topic", [200, 404, 404, 404, 404]),
    ("take_back_handoff", [200, 404, 404, 404, 404]),
    ("take_task", [200, 404, 404, 404, 404]),
    ("withdraw_ask", [200, 404, 404, 404, 404]),
    ("accept_task", [200, 404, 404, 404, 404]),
    ("change_goal", [200, 404, 404, 404, 404]),
    ("change_key_result", [200, 404, 404, 404, 404]),
    ("create_goal", [200, 404, 404, 404, 404]),
    ("create_goal_line", [200, 404, 404, 404, 404]),
    ("create_key_result", [200, 404, 404, 404, 404]),
    ("deliver_task", [200, 404, 404, 404, 404]),
    ("list_tasks_made_from", [200, 404, 404, 404, 404]),
    ("read_goal", [200, 404, 404, 404, 404]),
    ("remove_key_result", [200, 404, 404, 404, 404]),
    ("send_task_back", [200, 404, 404, 404, 404]),
];

#[test]
fn every_operation_has_its_row() {
    let document = testkit::Specification::of_the_server();
    let operations: BTreeSet<&str> =
        document.operations.iter().map(|operation| operation.id.as_str()).collect();
    let rows: BTreeSet<&str> =
        [PUBLIC, OWN, PEOPLE, IN_THE_SPACE].concat().iter().map(|(id, _)| *id).collect();
    assert_eq!(operations, rows);
}

/// Tries each operation as everybody. A refusal leaves everything as it was; and what somebody may
/// not see answers them exactly as what does not exist.
async fn try_all(app: &App, rows: &[Row], is_public: bool) {
    let world = World::new(app).await;
    for (operation, expected) in rows {
        if !is_public {
            let call = call(app, &world, operation).await;
            let before = world.heads().await;
            call.by(&app.by_nobody()).await.expect(401);
            call.about_nothing(app).by(&app.by_nobody()).await.expect(401);
            assert_eq!(world.heads().await, before, "{operation} signed out");
        }
        let people = [&world.camila, &world.ines, &world.althea, &world.noor, &world.zoe];
        // The owner comes last: what they do may end what the others were refused.
        for (person, status) in people.into_iter().zip(expected).rev() {
            // Some operations end sessions.
            let person = person.signs_in(app).await;
            let call = call(app, &world, operation).await;
            let before = world.heads().await;
            let answer = call.by(&app.by(&person)).await;
            assert_eq!(
                answer.status.as_u16(),
                *status,
                "{operation} as {}: {}",
                person.email,
                String::from_utf8_lossy(&answer.body)
            );
            if answer.status.is_success() {
                continue;
            }
            assert_eq!(world.heads().await, before, "{operation} was refused to {}", person.email);
            if !call.target.is_empty() && *status != 403 {
                let nothing = call.about_nothing(app).by(&app.by(&person)).await;
                assert_eq!(answer.body, nothing.body, "{operation} tells {} what is there", person.email);
            }
        }
    }
}

both!(
    async fn what_is_for_everybody(app: &App) {
        try_all(app, PUBLIC, true).await;
    }
);

both!(
    async fn what_members_do_with_their_own(app: &App) {
        try_all(app, OWN, false).await;
    }
);

both!(
    async fn what_concerns_a_member(app: &App) {
        try_all(app, PEOPLE, false).await;
    }
);

both!(
    async fn what_is_in_a_private_space(app: &App) {
        try_all(app, IN_THE_SPACE, false).await;
    }
);

both!(
    async fn a_member_who_may_not_and_a_member_who_does_not_see_are_told_apart_by_nobody(app: &App) {
        // A guest in the space sees what is there and may not run it.
        let world = World::new(app).await;
        let rui = app.by(&world.rui);
        let name = serde_json::json!({ "name": "Mine" });
        rui.patch(&format!("/spaces/{}", world.delivery), name).await.expect(403);
        let somebody = format!("/spaces/{}/members/{}", world.delivery, world.camila.id);
        rui.put(&somebody, serde_json::json!({})).await.ok();
        rui.delete(&somebody).await.expect(403);
        let outsider = format!("/spaces/{}/members/{}", world.delivery, world.althea.id);
        let hidden = rui.put(&outsider, serde_json::json!({})).await;
        let nobody = format!("/spaces/{}/members/{}", world.delivery, app.new_id("mem"));
        assert_eq!(hidden.body, rui.put(&nobody, serde_json::json!({})).await.body);
        let thread = world.thread(&world.camila, &world.delivery, "For the guest as well").await;
        world.post(&world.rui, &thread, "Thank you").await;
        rui.delete(&format!("/posts/{}", thread.post)).await.expect(403);
    }
);

both!(
    async fn a_write_by_cookie_comes_from_our_own_pages(app: &App) {
        let world = World::new(app).await;
        let before = world.heads().await;
        let settings = || app.by(&world.camila).patch("/me/settings", serde_json::json!({ "theme": "dark" }));
        settings().header("sec-fetch-site", "cross-site").await.expect(403);
        settings().header("sec-fetch-site", "same-site").await.expect(403);
        settings().without("sec-fetch-site").await.expect(403);
        settings().without("sec-fetch-site").header("origin", "https://evil.example").await.expect(403);
        assert_eq!(world.heads().await, before);
        let own = settings().without("sec-fetch-site").header("origin", "https://m.example");
        own.header("host", "m.example").await.expect(200);
        let made =
            app.by(&world.camila).post("/tokens", serde_json::json!({ "label": "Script" })).await.expect(201);
        let program = app.by_token(made["secret"].as_str().unwrap());
        program
            .patch("/me/settings", serde_json::json!({ "theme": "light" }))
            .without("sec-fetch-site")
            .await
            .ok();
        app.by(&world.camila).get("/me").header("sec-fetch-site", "cross-site").await.ok();
    }
);
