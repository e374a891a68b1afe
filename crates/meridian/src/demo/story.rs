//! What the people of Cordel wrote: the texts of the design's mock-ups, and what stands around them.

use topics::asks::{
    AskKind::{Acknowledge, Answer, Decide, Do, Review},
    Budget,
};

use super::{
    calendar::Calendar,
    cast::Who::{Ananya, Camila, Ines, Lucia, MinhAnh, Piotr, Rafael, Yuki},
    play::Space,
    script::{Act, Moment, Place, Step, Thread, Wish, does, write},
};

/// The spaces of the sample.
pub const SPACES: [Space; 7] = [
    Space {
        place: Place::Company,
        name: "Company",
        purpose: "What concerns everybody.",
        made_by: Camila,
        hue: 1,
        social: false,
        only: &[],
    },
    Space {
        place: Place::DriverApp,
        name: "Driver app",
        purpose: "The app our 2,300 drivers use every day.",
        made_by: Yuki,
        hue: 5,
        social: false,
        only: &[],
    },
    Space {
        place: Place::Billing,
        name: "Billing",
        purpose: "Prices, invoices and refunds.",
        made_by: Rafael,
        hue: 2,
        social: false,
        only: &[],
    },
    Space {
        place: Place::DataPlatform,
        name: "Data platform",
        purpose: "Databases, reports, and what they cost.",
        made_by: Piotr,
        hue: 4,
        social: false,
        only: &[],
    },
    Space {
        place: Place::Support,
        name: "Support",
        purpose: "What drivers and customers tell us.",
        made_by: Ananya,
        hue: 6,
        social: false,
        only: &[],
    },
    Space {
        place: Place::Hiring,
        name: "Hiring",
        purpose: "Who joins us next. Only the three of us read here.",
        made_by: Camila,
        hue: 3,
        social: false,
        only: &[Rafael, Ines],
    },
    Space {
        place: Place::Kitchen,
        name: "Kitchen table",
        purpose: "Food, cities, pictures. Nothing here is work.",
        made_by: MinhAnh,
        hue: 7,
        social: true,
        only: &[],
    },
];

/// Every thread.
pub fn threads(calendar: &Calendar) -> anyhow::Result<Vec<Thread>> {
    let month = calendar.month(Camila)?;
    let chosen = Moment { time: "11:30", hours: 1 }.of(Camila, calendar)?;
    let prepared = calendar.next(Yuki, "09:30", chosen)?;
    let build = calendar.weekday(Yuki, calendar.next(Yuki, "09:30", prepared)?)?;
    let mut threads = driver_app(&month, &build);
    threads.extend(billing());
    threads.extend(data_platform());
    threads.extend(support());
    threads.extend(company(&month));
    threads.extend(others());
    Ok(threads)
}

fn thread(place: Place, title: impl Into<String>, days_ago: i64, steps: Vec<Step>) -> Thread {
    Thread { place, title: title.into(), days_ago, steps }
}

fn until(time: &'static str, hours: i64) -> Wish {
    Wish::Until(Moment { time, hours })
}

fn half_a_day() -> Wish {
    Wish::Open(vec![Budget::HalfDay, Budget::NextWorkingDay, Budget::ThisWeek])
}

fn a_day() -> Wish {
    Wish::Open(vec![Budget::NextWorkingDay, Budget::ThisWeek])
}

fn driver_app(month: &str, build: &str) -> Vec<Thread> {
    let space = Place::DriverApp;
    vec![
        thread(space, "Should drivers see their route without a signal?", 0, vec![
            write(Yuki, "15:20", "When the signal is lost, our map turns grey. In the hills around Recife this happens on one trip in six, and the driver stops to call support.\n\nI see two ways:\n\n- **A.** Save the whole route at the start of the shift.\n- **B.** Save the next 30 km as the driver moves.\n\nWhat speaks for and against them?"),
            write(MinhAnh, "14:10", "On a phone with 3 GB of memory, B is safer, because there is never much to hold. A needs one clean-up in the evening. I can build both."),
            write(Piotr, "11:05", "How large is a whole route? I would like to know before 2,300 phones ask for it in the same minute."),
            write(Camila, "10:20", "Most routes are 120 to 180 km. @Yuki, can you measure one day in Recife?"),
            write(Ines, "17:10", "I can go with five drivers in Recife and Porto and let them use both. You will have my notes on Monday."),
            write(Rafael, "15:30", "Good. Then let us not choose before we have seen them drive."),
            write(Yuki, "15:05", "Measured: a whole route is 38 to 41 MB. Thirty kilometres are 7 MB, but they are loaded again and again, 44 MB over the day."),
            write(MinhAnh, "15:30", "Then the data plan does not decide it. A is simple and ready. B needs three more days, mostly for testing in tunnels."),
            write(Ines, "16:15", format!("I tested both versions with five drivers in Recife and Porto. Four of five preferred A, because the map never has a grey part.\n\n> “I want to see the whole road before I leave. Then I do not think about it any more.”\n\nThe full notes are in *Driver test, {month}*.")),
            does(Rafael, "13:30", Act::Respond { post: 9, word: "Thanks" }),
            does(Camila, "17:10", Act::Read(9)),
            does(Yuki, "09:50", Act::Respond { post: 9, word: "Thanks" }),
            does(Piotr, "09:10", Act::Respond { post: 9, word: "Agree" }),
            write(Yuki, "18:12", format!("Thank you, @Inês. This is very clear. I made both versions on my test phone and compared them where the signal is lost: with A the route stays, with B the last part is grey for a minute.\n\nI can start A on {build} morning. @Camila, can you choose by 11:30? Then @Inês can prepare the screens before her day ends. If there is no reply, I build B."))
                .asks(Decide, Camila, "A or B?", until("11:30", 1))
                .or_goes_ahead(),
            does(MinhAnh, "17:05", Act::Respond { post: 10, word: "Noted" }),
            write(Piotr, "14:58", "From the server side, both are fine. With A we send 40 MB to 2,300 phones every morning, so I would start it in three groups between 04:00 and 06:00. Cost: about 18 USD a month."),
            does(Rafael, "10:35", Act::Respond { post: 11, word: "Thanks" }),
            does(Rafael, "10:40", Act::Summarise("- **A.** Save the whole route at the start of the shift. Simple. Uses about 40 MB.\n- **B.** Save the next 30 km as the driver moves. Uses less space. Needs 3 more days.\n\nInês tested both with five drivers. Four of five preferred A.".to_owned())),
        ]),
        thread(space, "Crash on Android 12: what I found", 0, vec![
            write(MinhAnh, "15:52", "**In short.** The map clears all saved tiles when the phone is low on memory. Then the app stops. Only phones with 3 GB or less. 14 drivers so far. Best fix: keep the last 40 tiles in storage. One day of work.\n\n**How to repeat it**\n\n1. Open the map. It loads 212 tiles, memory is at 61 MB.\n2. Turn off the signal and open the camera, like a driver at a pickup.\n3. Go back to the map.\n\n**Cause.** The phone is low on memory, so the system asks every app to free some. Our map clears the whole cache, then it draws with zero tiles.\n\n```kotlin\noverride fun onTrimMemory(level: Int) {\n    tiles.clear()   // all of them, also the ones on the screen\n}\n```\n\n**Two ways to fix it**\n\n| | Work | What drivers see |\n|---|---|---|\n| Keep the last 40 tiles in storage | 1 day | nothing |\n| Draw the grey map, load again | 2 hours | a grey map for some seconds |\n\nI prefer the first one.")
                .to(&[Camila, Yuki])
                .asks(Answer, Piotr, "Is keeping 40 tiles safe for the server?", a_day()),
            does(Yuki, "18:20", Act::Respond { post: 1, word: "Agree" }),
            does(Ananya, "15:05", Act::Respond { post: 1, word: "Thanks" }),
        ]),
        thread(space, "We keep map tiles on the phone for 7 days", 0, vec![
            write(Piotr, "10:40", "Today a tile stays on the phone until there is no room. That is sometimes two hours and sometimes two months. I propose 7 days: roads change slowly, and old tiles are 30 % of what our support hears about the map."),
            write(MinhAnh, "16:20", "Seven days is easy. It is one number in the code."),
            write(Camila, "11:15", "I agree. Drivers who are on leave for two weeks load everything again once. That is fine."),
            write(Ananya, "16:10", "Agree. Could we look at it again after the holidays? In December many drivers are new."),
            does(Rafael, "09:40", Act::Respond { post: 4, word: "Agree" }),
            write(Rafael, "10:31", "Decided: 7 days. Four people agreed, one asked for a review in three months. It is in my calendar."),
            does(Rafael, "10:33", Act::Close("**Decision 31.** We keep map tiles on the phone for 7 days. Decided by Rafael. Four people agreed, one asked for a review in three months.".to_owned())),
        ]),
        thread(space, "Weekly check-in, Driver app", 0, vec![
            write(Ines, "15:40", "Seven of eight answered. Two people need help: test phones, store review.\n\n- **Moved forward:** both map versions run; the offline banner has its text; returning drivers sign in with one step less.\n- **Needs help:** @Ananya has one test phone for the whole north region. @Minh Anh waits for the store review since Thursday.\n- **Away:** @Lucía.")
                .to(&[Camila, Rafael, Yuki, Piotr]),
            does(Yuki, "09:45", Act::Respond { post: 1, word: "Thanks" }),
        ]),
        thread(space, "Night colours for the map", 1, vec![
            write(Rafael, "14:20", "The night colours are ready to look at: dark grey ground, roads in warm white, water almost black. I tested them in a car at 22:00, and the screen no longer blinds.")
                .asks(Review, Ines, "Are the road names readable for you?", until("12:00", 18)),
            does(Ines, "10:05", Act::Accept { ask: 1, until: Moment { time: "16:00", hours: 20 } }),
            write(Ines, "10:10", "I will look tonight in my own car and write tomorrow. One question before that: is the blue of the rivers allowed to change?"),
            write(Rafael, "09:30", "Yes. Only the orange of the route must stay."),
        ]),
        thread(space, "Spanish words for the pickup screen", 2, vec![
            write(Ines, "11:40", "The pickup screen has 14 new texts. I wrote Spanish for them, but mine is from Lisbon. Could somebody who grew up with it look?\n\n- *Recoger el paquete*\n- *Foto de la entrega*\n- *No hay nadie en casa*")
                .asks(Review, Lucia, "Do these sound right to drivers in Buenos Aires?", Wish::Open(vec![Budget::NextWorkingDay])),
            write(Ananya, "12:10", "Lucía is back soon. It can wait for her, the screen ships next week."),
        ]),
        thread(space, "One map library for all our maps", 9, vec![
            write(Yuki, "11:00", "We use two map libraries: one in the app, one on the web. Every change is made twice. I propose one for both."),
            write(Piotr, "13:20", "On the server side this removes one tile format. I like it."),
            write(MinhAnh, "10:15", "I moved one screen to try it. Half a day, no surprises.")
                .asks(Answer, Rafael, "May the web map look a little different for two weeks?", Wish::Just(Budget::HalfDay)),
            write(Rafael, "11:30", "Yes, if we tell support.").answers(1),
            write(Camila, "14:05", "Support knows. Please go on."),
            does(MinhAnh, "09:05", Act::CloseAsk { ask: 1 }),
            does(Yuki, "10:10", Act::Close("**Decision 28.** One map library, the one of the app, for phone and web. The web map moves first. Decided by Yuki.".to_owned())),
            does(Camila, "09:40", Act::Done),
        ]),
        thread(space, "Ask for camera access later, not at sign-in", 1, vec![
            write(Ines, "10:30", "One driver in nine stops at the question for the camera. They do not know yet what it is for. If we ask at the first pickup photo, the reason is on the screen.").to(&[Camila]),
            write(MinhAnh, "11:20", "Small change, two hours. I can take it after the crash."),
            does(Camila, "10:05", Act::Later),
        ]),
    ]
}

fn billing() -> Vec<Thread> {
    let space = Place::Billing;
    vec![
        thread(space, "Refund rule for late pickups", 0, vec![
            write(Rafael, "16:10", "A customer gets 20 % back when the pickup is more than two hours late. The text does not say what *late* counts from, so the same case was paid twice last week, and refused once.\n\n- From the **booking**: simple, but the customer may have booked days before.\n- From the **pickup window**: what people expect. We need the window in the invoice.")
                .asks(Answer, Camila, "Which date do we count from: the booking or the pickup?", until("16:00", 1)),
            write(Ananya, "12:30", "Support expects the pickup window. Nobody has ever asked us about the booking time."),
        ]),
        thread(space, "Which day do invoices go out?", 8, vec![
            write(Rafael, "10:00", "The first of the month is often a Sunday. Then nobody is there when the questions come.")
                .asks(Do, Piotr, "Can the job run on the first working day instead?", Wish::Just(Budget::NextWorkingDay)),
            does(Piotr, "11:15", Act::Pass { ask: 1, to: Ananya, note: "Ananya owns that job since last month." }),
            write(Ananya, "11:40", "It can. The job asks the calendar of the customer's country now.").answers(2),
            does(Rafael, "09:20", Act::CloseAsk { ask: 2 }),
            does(Rafael, "09:22", Act::Close("Invoices go out on the first working day of the month, in the customer's country, at 09:00.".to_owned())),
        ]),
        thread(space, "Invoices that were paid twice", 6, vec![
            write(Rafael, "10:50", "Support has three customers who paid the same invoice twice. The numbers are in the bank's file, which only the data platform can read.")
                .asks(Do, Piotr, "Can you send me the numbers of those three?", Wish::Just(Budget::HalfDay)),
        ]),
        thread(space, "Two currencies on one invoice", 1, vec![
            write(Rafael, "11:05", "A customer in Porto Alegre wants reais and dollars on one invoice. It is possible, but I would like to keep one currency and add a second total below.").to(&[Camila]),
            write(Lucia, "15:20", "In Buenos Aires this is normal. A second total is enough for the tax office."),
            does(Camila, "11:10", Act::Later),
        ]),
    ]
}

fn data_platform() -> Vec<Thread> {
    let space = Place::DataPlatform;
    vec![
        thread(space, "Postgres upgrade: plan for Saturday", 0, vec![
            write(Camila, "15:10", "We are two versions behind, and the support for ours ends soon. Could we do it on Saturday morning? @Piotr, what would be read-only, and for how long?"),
            does(Camila, "15:20", Act::Done),
            write(Piotr, "10:30", "Plan:\n\n1. Friday 16:00: a test copy, the whole upgrade, timed.\n2. Saturday 06:00: billing becomes read-only.\n3. Upgrade, then the checks of the list.\n4. Back, or the old one again if a check fails."),
            write(Ananya, "15:15", "Support puts a line on the status page at 05:30. How long shall it say?"),
            write(Yuki, "17:20", "The app shows the last known prices while billing is read-only. Nothing to do for us."),
            write(Piotr, "14:40", "The test copy finished in 11 minutes. Billing stays read-only for about 20."),
        ]),
        thread(space, "Cost of a second read copy", 0, vec![
            write(Camila, "09:00", "The reports of Monday morning slow down the prices on the phones. A second read copy for the reports would keep them apart.")
                .asks(Answer, Piotr, "What would a second read copy cost a month?", half_a_day()),
        ]),
        thread(space, "Slow report on Monday mornings", 5, vec![
            write(Piotr, "09:40", "The report of the week reads 40 million rows at 08:00. It needs an index or an earlier hour.")
                .asks(Do, Yuki, "Could the report start at 03:00?", Wish::Just(Budget::NextWorkingDay)),
            does(Yuki, "10:20", Act::Decline { ask: 1, reason: "The numbers of the night are not complete at 03:00.", suggest: Ananya }),
            write(Ananya, "11:30", "05:00 works: the last drivers end at 04:30. I changed it."),
            write(Piotr, "10:15", "Measured today: 6 minutes, and the phones did not notice."),
        ]),
    ]
}

fn support() -> Vec<Thread> {
    let space = Place::Support;
    vec![
        thread(space, "Test phones for the north region", 0, vec![
            write(Camila, "09:05", "The check-in says that there is one test phone for the whole north region. The crash happens on phones with 3 GB, so two of those would help most.")
                .asks(Do, Ananya, "Which two phones do we need, and who keeps them?", half_a_day()),
        ]),
        thread(space, "Drivers ask about the new pickup photo", 1, vec![
            write(Ananya, "10:40", "Eleven drivers asked this week why the photo is smaller. They think that it may not count as proof. A sentence on the screen would answer it.").to(&[Camila, Ines]),
            write(Ines, "12:20", "“Smaller file, same proof.” I add it to the next texts."),
            does(Camila, "12:05", Act::Later),
        ]),
        thread(space, "Signing in with a new phone", 0, vec![
            write(Ananya, "12:15", "A driver in Porto cannot sign in since she changed her phone. The code arrives, and the app says that it is old. She starts at 18:00.")
                .asks_the_group(Answer, "Who can look at her sign-in?", Budget::HalfDay),
        ]),
        thread(space, "Answers in two languages", 6, vec![
            write(Ananya, "11:10", "In São Paulo some drivers write Spanish and some Portuguese. Until now we answer in English, which helps nobody.")
                .asks(Decide, Camila, "May support answer in the language of the question?", Wish::Just(Budget::ThisWeek)),
            write(Rafael, "11:45", "The agreement of last year says yes already. I link it in the guide."),
            does(Ananya, "10:15", Act::Withdraw { ask: 1 }),
            write(Ananya, "10:20", "Then there is nothing to decide. From today we do it."),
            does(Camila, "09:25", Act::Done),
        ]),
    ]
}

fn company(month: &str) -> Vec<Thread> {
    let space = Place::Company;
    vec![
        thread(space, format!("{month} release notes, draft 2"), 0, vec![
            write(Ines, "14:50", "Draft 2 is here. What is new:\n\n- returning drivers sign in with one step less\n- pickup photos are smaller\n- the map opens in under two seconds\n\n**Prices.** From the first of next month, pickups after 20:00 cost 1.20 more. Customers with a yearly plan keep their price until it ends."),
            write(Yuki, "10:40", "“Under two seconds” is true for the middle of our phones. I would write “in about two seconds”."),
            write(Ines, "11:00", "Changed. Please check the two paragraphs about prices. The rest is final.")
                .asks(Review, Camila, "Please check the two paragraphs about prices. The rest is final.", until("12:00", 20)),
        ]),
        thread(space, "How we work together", 10, vec![
            write(Camila, "11:00", "We are eight people in eight cities, and there is no hour at which all of us work. So:\n\n1. Write it down where the others can find it.\n2. If you need an answer, ask one person, and say by when.\n3. Nobody has to answer outside of their hours.\n4. What was decided goes to the top of the thread.")
                .to(&[Rafael, Lucia, Ines, Piotr, Ananya, MinhAnh, Yuki])
                .asks(Acknowledge, Yuki, "Is this fine for the far east of us?", Wish::Just(Budget::NextWorkingDay)),
            write(Yuki, "10:05", "It is. Thank you for point 3.").answers(1),
            does(Ines, "10:10", Act::Respond { post: 1, word: "Agree" }),
            does(Piotr, "11:30", Act::Respond { post: 1, word: "Agree" }),
            does(Rafael, "09:15", Act::Respond { post: 1, word: "Agree" }),
            does(Camila, "09:10", Act::CloseAsk { ask: 1 }),
            does(Camila, "09:12", Act::Done),
        ]),
        thread(space, "Team week: where do we meet?", 2, vec![
            write(Lucia, "12:00", "Once a year we meet. Lisbon was easy for visas, Buenos Aires would be warm. Three days of work, two of walking.").to(&[Camila, Rafael, Ines]),
            write(Ines, "15:00", "Lisbon again is fine for me, but I would love to see Buenos Aires."),
            write(MinhAnh, "09:40", "For Hanoi it is 30 hours to Buenos Aires, 17 to Lisbon. I come to both."),
            does(Camila, "10:50", Act::Later),
        ]),
    ]
}

fn others() -> Vec<Thread> {
    vec![
        thread(Place::Hiring, "Questions for the test engineer", 2, vec![
            write(Rafael, "13:10", "Three questions that told me most last time:\n\n- What did you stop testing, and why?\n- Show us a bug report that you are proud of.\n- Which test would you delete first?").to(&[Camila, Ines]),
            write(Ines, "10:15", "I add one: how do you tell a developer that it is not ready?"),
            does(Camila, "15:05", Act::Later),
        ]),
        thread(Place::Hiring, "Test engineer: three people to talk to", 1, vec![
            write(Ines, "16:30", "Three of nineteen fit well. Two live between Lisbon and Kraków, one in Hanoi. I wrote half a page about each.").to(&[Camila, Rafael]),
            does(Camila, "14:10", Act::Later),
        ]),
        thread(Place::Kitchen, "What is on your desk today?", 1, vec![
            write(Lucia, "16:00", "Mate, a map of Patagonia, and a plant that does not want to live."),
            write(MinhAnh, "12:10", "Cà phê sữa đá. It is 34 degrees."),
            write(Piotr, "12:40", "Obwarzanek from the corner, already half."),
            write(Ananya, "16:40", "Filter coffee and three test phones. Sorry, one."),
            does(Ines, "11:20", Act::Respond { post: 2, word: "😋" }),
        ]),
        thread(Place::Direct(Camila, Rafael), "Coffee this week", 0, vec![
            write(Rafael, "15:40", "Coffee this week? Twenty minutes, no agenda. 14:00 your time is 16:00 here."),
            write(Camila, "14:10", "With pleasure. I bring the story of the grey map."),
            write(Rafael, "17:20", "Good. I bring the cake that you cannot taste."),
            does(Camila, "16:40", Act::Done),
        ]),
        thread(Place::Direct(Piotr, MinhAnh), "The 40 tiles", 1, vec![
            write(MinhAnh, "16:30", "Before I write it up: do you see a reason against 40 tiles in storage?")
                .asks(Answer, Piotr, "Do you see a reason against 40 tiles?", Wish::Just(Budget::HalfDay)),
            write(Piotr, "12:15", "At first sight no. Ask me in the thread, then the number is written down.").answers(1),
        ]),
    ]
}
