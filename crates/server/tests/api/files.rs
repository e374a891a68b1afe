//! Files: uploaded, carried by a post, read in parts, never run as pages.

use axum::http::Method;
use serde_json::json;
use testkit::{App, World, both};

use crate::requests::{PNG, upload};

/// Uploads a file and puts it into a thread; answers the address of its content.
async fn carried(app: &App, world: &World<'_>, name: &str, media_type: &str, bytes: &'static [u8]) -> String {
    let jonas = app.by(&world.jonas);
    let card = upload(&jonas, name, media_type, bytes).await.expect(201);
    let thread = world.thread(&world.jonas, &world.delivery, "A file").await;
    let post = json!({ "id": app.new_id("pst"), "source": "", "files": [card["id"]] });
    jonas.post(&format!("/topics/{}/posts", thread.id), post).await.ok();
    card["url"].as_str().unwrap().strip_prefix("/api/v1").unwrap().to_owned()
}

both!(
    async fn a_file_is_read_by_those_who_see_its_post(app: &App) {
        let world = World::new(app).await;
        let jonas = app.by(&world.jonas);
        let card = upload(&jonas, "Holzm%C3%B6bel.png", "image/png", PNG).await.expect(201);
        assert_eq!(
            (&card["name"], &card["width"], &card["size"]),
            (&json!("Holzmöbel.png"), &json!(1), &json!(PNG.len()))
        );
        let address = card["url"].as_str().unwrap().strip_prefix("/api/v1").unwrap().to_owned();
        jonas.get(&address).await.ok();
        app.by(&world.rui).get(&address).await.expect(404);
        let thread = world.thread(&world.jonas, &world.delivery, "A file").await;
        let path = format!("/topics/{}/posts", thread.id);
        let with =
            |file: &serde_json::Value| json!({ "id": app.new_id("pst"), "source": "See", "files": [file] });
        app.by(&world.rui).post(&path, with(&card["id"])).await.refuses(422, "files[0]");
        let posted = jonas.post(&path, with(&card["id"])).await.ok();
        let post =
            posted["rows"].as_array().unwrap().iter().find(|row| row["table"] == "posts").unwrap()["row"]
                .clone();
        assert_eq!(post["files"][0], card);
        jonas.post(&path, with(&card["id"])).await.refuses(422, "files[0]");
        assert_eq!(app.by(&world.rui).get(&address).await.body, PNG);
        for other in [&world.althea, &world.ines, &world.noor, &world.zoe] {
            app.by(other).get(&address).await.expect(404);
        }
        jonas.delete(&format!("/posts/{}", post["id"].as_str().unwrap())).await.ok();
        app.by(&world.rui).get(&address).await.expect(404);
    }
);

both!(
    async fn a_file_is_read_in_parts_and_once(app: &App) {
        let world = World::new(app).await;
        let address = carried(app, &world, "digits.txt", "text/plain", b"0123456789").await;
        let rui = app.by(&world.rui);
        let whole = rui.get(&address).await;
        assert_eq!((&whole.body[..], whole.header("content-length")), (&b"0123456789"[..], "10"));
        assert_eq!(whole.header("accept-ranges"), "bytes");
        let tag = whole.header("etag").to_owned();
        let ranges = [
            ("bytes=2-4", "234", "bytes 2-4/10"),
            ("bytes=7-", "789", "bytes 7-9/10"),
            ("bytes=-3", "789", "bytes 7-9/10"),
            ("bytes=8-99", "89", "bytes 8-9/10"),
        ];
        for (range, content, said) in ranges {
            let part = rui.get(&address).header("range", range).await;
            part.expect(206);
            assert_eq!((&part.body[..], part.header("content-range")), (content.as_bytes(), said));
        }
        let beyond = rui.get(&address).header("range", "bytes=10-").await;
        beyond.expect(416);
        assert_eq!(beyond.header("content-range"), "bytes */10");
        let known = rui.get(&address).header("if-none-match", &tag).await;
        known.expect(304);
        assert!(known.body.is_empty());
        rui.get(&address).header("if-none-match", "\"other\"").await.expect(200);
        app.by(&world.althea).get(&address).header("if-none-match", &tag).await.expect(404);
    }
);

both!(
    async fn nothing_that_could_run_is_shown_in_the_page(app: &App) {
        let world = World::new(app).await;
        let script: &[u8] = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
        let kinds = [
            ("x.html", "text/html", false),
            ("x.svg", "image/svg+xml", false),
            ("x.xhtml", "application/xhtml+xml", false),
            ("x.xml", "text/xml; charset=utf-8", false),
            ("x.js", "text/javascript", false),
            ("x.pdf", "application/pdf", false),
            ("x.png", "IMAGE/PNG", true),
            ("x.txt", "text/plain; charset=utf-16", true),
            ("x", "nonsense", false),
        ];
        for (name, media_type, inline) in kinds {
            let address = carried(app, &world, name, media_type, script).await;
            let answer = app.by(&world.rui).get(&address).await;
            let (kind, disposition) = (answer.header("content-type"), answer.header("content-disposition"));
            assert_eq!(disposition.starts_with("inline"), inline, "{media_type}: {disposition}");
            assert_eq!(kind == "application/octet-stream", !inline, "{media_type}: {kind}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            assert!(answer.header("content-security-policy").contains("sandbox"));
            assert!(answer.header("cache-control").starts_with("private"));
        }
    }
);

both!(
    async fn names_of_files_are_checked(app: &App) {
        let world = World::new(app).await;
        let jonas = app.by(&world.jonas);
        upload(&jonas, "", "text/plain", b"x").await.refuses(422, "name");
        upload(&jonas, &"n".repeat(201), "text/plain", b"x").await.refuses(422, "name");
        let strange =
            upload(&jonas, "..%2F..%2Fetc%2Fpasswd%0D%0AX:%201", "text/plain", b"x").await.expect(201);
        let address = strange["url"].as_str().unwrap().strip_prefix("/api/v1").unwrap().to_owned();
        let answer = jonas.get(&address).await;
        let said = answer.header("content-disposition");
        assert!(said.starts_with("inline; filename*=UTF-8''..%2F..%2Fetc%2Fpasswd"), "{said}");
        jonas.send(Method::POST, "/files").bytes("text/plain", "x").await.refuses(400, "name");
        let empty = upload(&jonas, "empty.txt", "text/plain", b"").await.expect(201);
        let address = empty["url"].as_str().unwrap().strip_prefix("/api/v1").unwrap().to_owned();
        assert!(jonas.get(&address).await.body.is_empty());
    }
);

both!(
    async fn an_upload_that_no_post_carries_is_swept(app: &App) {
        let world = World::new(app).await;
        let jonas = app.by(&world.jonas);
        let kept = carried(app, &world, "kept.txt", "text/plain", b"kept").await;
        let card = upload(&jonas, "left.txt", "text/plain", b"left").await.expect(201);
        let left = card["url"].as_str().unwrap().strip_prefix("/api/v1").unwrap().to_owned();
        let sweep = async || topics::files::sweep(&app.inner, app.now()).await.unwrap();
        app.set_clock("2026-11-26T21:40:00Z");
        assert_eq!(sweep().await, 0, "a day is not over");
        app.set_clock("2026-11-26T21:40:01Z");
        assert_eq!(sweep().await, 1);
        jonas.get(&left).await.expect(404);
        jonas.get(&kept).await.ok();
    }
);
