//! One `serve` a country: what people of one leave behind is in no file, row, object, log, metric or event of the other,
//! opened with all of its keys; and where the machine allows it, neither could have reached what is the other's.

use std::io::Write as _;

use anyhow::{Context as _, Result, bail, ensure};
use portico_crash::{
    BRAZIL, Bucket, Chance, Country, Engine, GERMANY, Island, Outside, Person, Plan, Plot, Process, Site,
};
use portico_e2e::photo;
use portico_proof::{Haystack, Lying, Needles, Opened, likenesses, needles};
use portico_simulator::{Inbound, Shown};

/// A country with its installation, one process in all roles, and somebody who wants an account there.
struct Land {
    site: Site,
    serve: Process,
    person: Vec<Person>,
    profile: &'static str,
    text: &'static str,
}

/// Everything of one country, as it lies there and opened.
struct Everything {
    lying: Haystack,
    opened: Opened,
}

impl Land {
    async fn settle(
        outside: &Outside,
        country: &'static Country,
        profile: &'static str,
        text: &'static str,
    ) -> Result<Self> {
        let island = if Island::may_rise()? { Some(Island::rises().await?) } else { None };
        let plan = Plan { island, log: "trace", ..Plan::of(country, Engine::Postgres, Bucket::remote(country)?) };
        let site = Site::build_in(outside, plan).await?;
        let serve = site.start("serve", &[]).await?;
        let person = Person::shown(&site, Plot::Completes, Shown::Both)?;
        site.simulator.call(&person.id, profile)?;
        Ok(Self { site, serve, person: vec![person], profile, text })
    }

    /// The person comes, writes something of their own, and goes all the way.
    async fn lives(&mut self) -> Result<()> {
        let Self { site, person, text, .. } = self;
        site.with_account_system(async {
            person[0].says(text).await?;
            person[0].lives().await?;
            site.decides(person).await?;
            site.quiet().await
        })
        .await
    }

    fn needles(&self) -> Result<Needles> {
        Needles::new(needles(&self.person[0], self.profile, &[self.text])?)
    }

    async fn everything(&self) -> Result<Everything> {
        let mut lying = Lying::of(&self.site);
        let records = lying.rows().await?;
        let objects = lying.objects().await?;
        lying.files()?;
        lying.events();
        lying.tells(&self.serve).await?;
        for kind in ["row", "object", "log", "metrics", "event"] {
            ensure!(lying.hay.count(kind) > 0, "nothing of the kind {kind} was gathered");
        }
        let cell = self.site.cell().await?;
        let opened = Opened::of(&cell, &records, objects).await;
        cell.vault().close().await;
        Ok(Everything { lying: lying.hay, opened: opened? })
    }

    /// Nothing of whoever lives in `other` is here.
    async fn knows_nothing_of(&self, other: &Self) -> Result<()> {
        let Everything { lying, opened } = self.everything().await?;
        let needles = other.needles()?;
        let found: Vec<_> = [needles.within(&lying), needles.within(&opened.hay)].concat();
        ensure!(found.is_empty(), "in {}: {found:#?}", self.site.country.code);
        for (picture, likeness) in likenesses(other.site.country)? {
            let showing = opened.showing(&likeness);
            ensure!(showing.is_empty(), "in {}: {picture} is shown by {showing:?}", self.site.country.code);
        }
        Ok(())
    }

    /// Each thing of whoever lives here is found here, opened: the search opens what there is.
    async fn knows_its_own(&self) -> Result<()> {
        let opened = self.everything().await?.opened;
        let needles = self.needles()?;
        let found = needles.within(&opened.hay);
        for name in needles.names() {
            ensure!(found.iter().any(|found| found.needle == name), "{name} is not found where it was written");
        }
        for (picture, likeness) in likenesses(self.site.country)? {
            ensure!(!opened.showing(&likeness).is_empty(), "{picture} is not found where it was shown");
        }
        Ok(())
    }

    /// A marker in each kind of place here is found by the search for what is `other`'s.
    async fn shows_what_is_planted(&mut self, other: &Self) -> Result<()> {
        let (phone, picture) =
            (other.person[0].phone.as_str(), other.site.country.pictures.last().context("a picture")?);
        // Sealed rows and objects: somebody here writes down the other's number, and shows the other's face.
        let mut spy = Person::arrives(&self.site, Plot::Completes)?;
        spy.agrees().await?;
        spy.says(&format!("Kennen Sie +{phone}?")).await?;
        spy.sends(Inbound::media(photo(picture)?)).await?;
        self.site.quiet().await?;
        // Plain ones: by hand, each in a spelling of its own.
        let name = other.profile.split_whitespace().last().context("a name")?;
        let hex: String = phone.bytes().map(|byte| format!("{byte:02X}")).collect();
        self.site.tampers(&format!("UPDATE kase SET summary = summary || '{hex}'")).await?;
        self.site.tampers(&format!("UPDATE outbound SET text_hash = convert_to('{name}', 'UTF8')")).await?;
        self.site.puts(&format!("{name}.jpg"), b"an object that says nothing").await?;
        std::fs::write(self.site.folder().join(format!("{name}.tmp")), "a file that says nothing")?;
        let mut log = std::fs::File::options().append(true).open(self.site.folder().join("serve.log"))?;
        writeln!(log, "said %2B{phone}")?;

        let mut lying = Lying::of(&self.site);
        let records = lying.rows().await?;
        let objects = lying.objects().await?;
        lying.files()?;
        let needles = other.needles()?;
        let found = needles.within(&lying.hay);
        for place in ["row kase.summary", "row outbound.text_hash", "object ", "file ", "log serve.log"] {
            ensure!(found.iter().any(|found| found.place.starts_with(place)), "{place}: planted and not found");
        }
        let cell = self.site.cell().await?;
        // The one that was laid there by hand is no case's.
        let opened = Opened::of(&cell, &records, objects - 1).await;
        cell.vault().close().await;
        let opened = opened?;
        let found = needles.within(&opened.hay);
        for place in ["row entry.body", "row segment.body"] {
            ensure!(found.iter().any(|found| found.place.starts_with(place)), "{place}: planted and not found");
        }
        let face = likenesses(other.site.country)?.pop().context("a face")?.1;
        ensure!(opened.showing(&face).len() == 2, "the face that was shown here is found in picture and thumbnail");
        Ok(())
    }

    /// From its island a site reaches its own peers and nothing of the other's, which is there.
    async fn cannot_reach(&self, other: &Self) -> Result<()> {
        let Some(island) = self.site.island() else { return said_without_islands() };
        ensure!(island.holds(self.serve.id()?)?, "the process is not on its island");
        let (interfaces, routes) = island.ways().await?;
        ensure!(interfaces == ["lo"] && routes.is_empty(), "there are ways off the island: {interfaces:?} {routes}");
        for own in self.site.peers() {
            island.reaches(own).await.with_context(|| format!("its own {own}"))?;
        }
        for others in other.site.stores()? {
            tokio::net::TcpStream::connect(others).await.with_context(|| format!("nobody is at {others}"))?;
            if island.reaches(others).await.is_ok() {
                bail!("{others} of {} is reached from {}", other.site.country.code, self.site.country.code);
            }
        }
        Ok(())
    }
}

/// Past the capture of the test harness, which shows the output of failing tests alone.
fn said_without_islands() -> Result<()> {
    writeln!(
        std::io::stderr(),
        "NOT SHOWN: that a `serve` cannot reach another country's stores. Network namespaces need CAP_NET_ADMIN and \
         CAP_SYS_ADMIN; run as root"
    )?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_country_holds_nothing_of_anothers_and_cannot_reach_it() -> Result<()> {
    let outside = Outside::of(&[&BRAZIL, &GERMANY], &Chance::seeded()).await?;
    let (mut brazil, mut germany) = tokio::try_join!(
        Land::settle(&outside, &BRAZIL, "Jacarandá Quitéria", "Minha prima Cotovia também quer"),
        Land::settle(&outside, &GERMANY, "Löwenzahn Dörthe-Malwine", "Mein Wohnsitz ist Kuckucksheim"),
    )?;
    tokio::try_join!(brazil.lives(), germany.lives())?;

    brazil.knows_its_own().await?;
    germany.knows_its_own().await?;
    brazil.knows_nothing_of(&germany).await?;
    germany.knows_nothing_of(&brazil).await?;
    brazil.cannot_reach(&germany).await?;
    germany.cannot_reach(&brazil).await?;
    for (ours, theirs) in [(&brazil, &germany), (&germany, &brazil)] {
        let said = ours.site.trespasses(&theirs.site).await?;
        ensure!(said.contains("permission denied"), "the role of one country at the other's database: {said}");
    }
    germany.shows_what_is_planted(&brazil).await?;

    for Land { site, serve, person, .. } in [brazil, germany] {
        serve.terminate().await?;
        if site.country.code == "BR" {
            site.reckons(&person).await?;
            ensure!(site.command(&["fsck"]).await?.contains(" 0 differ"), "fsck finds nothing");
        }
        site.close().await;
    }
    outside.close().await;
    Ok(())
}
