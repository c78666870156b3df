//! What the quality checks find on every specimen and every real photograph we keep.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its fixture has failed")]

mod pictures;

use pictures::{fixture, fixtures, normalise};
use portico_evidence::quality::STEP;
use portico_evidence::{Subject, Thresholds, judge, worst};
use portico_vocab::{CheckKind, Finding, FindingResult, ReasonCode, Slot};

fn look_at(name: &str, subject: Subject) -> Vec<Finding> {
    let picture = normalise(fixture(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    judge(&picture, &Thresholds::default(), subject)
}

/// Every picture that is read, what it shows, and the one defect that is named.
const EXPECTED: &[(&str, Subject, Option<ReasonCode>)] = &[
    ("specimens/passport.jpg", Subject::Document, None),
    ("specimens/id_front.jpg", Subject::Document, None),
    ("specimens/id_back.jpg", Subject::Document, None),
    ("specimens/passport_blurred.jpg", Subject::Document, Some(ReasonCode::PhotoBlurred)),
    ("specimens/passport_glare.jpg", Subject::Document, Some(ReasonCode::PhotoGlare)),
    ("specimens/passport_dark.jpg", Subject::Document, Some(ReasonCode::PhotoDark)),
    ("specimens/passport_too_bright.jpg", Subject::Document, Some(ReasonCode::PhotoTooBright)),
    ("specimens/passport_small.jpg", Subject::Document, Some(ReasonCode::PhotoTooSmall)),
    // Sound pictures of the wrong thing: a person must see that.
    ("specimens/passport_cut_off.jpg", Subject::Document, None),
    ("specimens/passport_screen.jpg", Subject::Document, None),
    ("specimens/passport_cover.jpg", Subject::Document, None),
    ("specimens/selfie_match.jpg", Subject::Person, None),
    ("specimens/selfie_other.jpg", Subject::Person, None),
    ("real/portrait_collins.jpg", Subject::Person, None),
    ("real/portrait_hopper.jpg", Subject::Person, None),
    ("real/object_coffee.jpg", Subject::Document, None),
    ("bad/tiny.png", Subject::Document, Some(ReasonCode::PhotoTooSmall)),
];

#[test]
fn every_picture_has_its_verdict() {
    for &(name, subject, defect) in EXPECTED {
        let findings = look_at(name, subject);
        assert_eq!(worst(&findings), defect, "{name}: {findings:#?}");
    }
    for name in fixtures("specimens").into_iter().chain(fixtures("real")) {
        assert!(EXPECTED.iter().any(|(known, ..)| *known == name), "{name} has no expected verdict");
    }
}

#[test]
fn good_pictures_are_clear_in_everything() {
    let good = ["passport", "id_front", "id_back", "selfie_match", "selfie_other"];
    for name in good {
        let subject = if name.starts_with("selfie") { Subject::Person } else { Subject::Document };
        for finding in look_at(&format!("specimens/{name}.jpg"), subject) {
            let fine = matches!(finding.result, FindingResult::Clear | FindingResult::NotApplicable);
            assert!(fine, "{name}: {finding:?}");
        }
    }
}

#[test]
fn findings_say_what_was_measured_and_by_which_code() {
    let findings = look_at("specimens/passport_blurred.jpg", Subject::Document);
    let checks: Vec<CheckKind> = findings.iter().map(|f| f.check).collect();
    assert_eq!(checks, [CheckKind::Resolution, CheckKind::Brightness, CheckKind::Blur, CheckKind::Glare]);
    let blur = &findings[2];
    assert_eq!((blur.result, blur.reasons.as_slice()), (FindingResult::Fail, &[ReasonCode::PhotoBlurred][..]));
    assert!(blur.score_milli < blur.clear_from_milli && blur.source == STEP && blur.evidence.is_none());
}

#[test]
fn glare_hides_nothing_on_a_person() {
    let findings = look_at("real/portrait_collins.jpg", Subject::from(Slot::Selfie));
    let glare = findings.iter().find(|f| f.check == CheckKind::Glare).unwrap();
    assert_eq!((glare.result, glare.score_milli), (FindingResult::NotApplicable, None));
}

#[test]
fn blurring_more_never_scores_better() {
    let sharp = image::load_from_memory(&fixture("specimens/id_front.jpg")).unwrap().into_rgb8();
    let score = |sigma: f32| {
        let blurred = image::imageops::blur(&sharp, sigma);
        let picture = normalise(pictures::Jpeg::default().draw(&blurred)).unwrap();
        let findings = judge(&picture, &Thresholds::default(), Subject::Document);
        findings.iter().find(|f| f.check == CheckKind::Blur).and_then(|f| f.score_milli).unwrap()
    };
    let scores = [0.6, 1.5, 3.0, 5.0, 8.0].map(score);
    assert!(scores.is_sorted_by(|a, b| a > b), "{scores:?}");
}

#[test]
fn one_defect_is_named_in_the_order_in_which_mending_helps() {
    let failed = |check, reason| Finding {
        check,
        result: FindingResult::Fail,
        evidence: None,
        reasons: vec![reason],
        score_milli: None,
        clear_from_milli: None,
        source: STEP.to_owned(),
    };
    let blurred = failed(CheckKind::Blur, ReasonCode::PhotoBlurred);
    let dark = failed(CheckKind::Brightness, ReasonCode::PhotoDark);
    let repeated = failed(CheckKind::Repeat, ReasonCode::PhotoRepeated);
    assert_eq!(worst(&[blurred.clone(), dark.clone()]), Some(ReasonCode::PhotoDark));
    assert_eq!(worst(&[Finding { result: FindingResult::Unsure, ..dark }, blurred]), Some(ReasonCode::PhotoBlurred));
    assert_eq!(worst(&[repeated]), None, "not a matter of quality");
}

#[test]
fn thresholds_are_data_and_unknown_keys_are_errors() {
    let shipped = Thresholds::default();
    let text = serde_json::to_string(&shipped).unwrap();
    assert_eq!(serde_json::from_str::<Thresholds>(&text).unwrap(), shipped);
    assert!(serde_json::from_str::<Thresholds>(&text.replacen("sharpness", "sharpnes", 1)).is_err());
    assert_eq!(shipped.id, STEP);
}
