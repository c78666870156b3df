//! Questions about our own token, numbers, accounts and templates: read in Meta's shapes, refused in their classes.

use axum::body::Body;
use axum::http::Response;
use portico_graph::{
    GraphError, NameState, NumberState, Permission, Quality, Subscription, TemplateCategory, TemplateState, Throughput,
};
use portico_vocab::{Class, PhoneNumberId, Timestamp, WabaId};
use portico_whatsapp::compose::ErrorClass;

use crate::stub::{Stub, TOKEN, answer, refusal};

fn number() -> PhoneNumberId {
    PhoneNumberId::parse("106540352242922").unwrap()
}

fn waba() -> WabaId {
    WabaId::parse("102290129340398").unwrap()
}

/// A server that always says this.
async fn says(body: &'static str) -> Stub {
    Stub::start(move |_, _, _| answer(200, body)).await
}

/// Meta's answer for what is not there or not ours.
fn not_visible() -> Response<Body> {
    answer(
        400,
        r#"{"error":{"message":"Unsupported get request.","type":"GraphMethodException","code":100,"error_subcode":33}}"#,
    )
}

#[tokio::test]
async fn a_token_tells_what_it_may_do_and_where() {
    let server = says(
        r#"{"data":{"app_id":"670843887433847","type":"SYSTEM_USER","application":"Lucky Shrub","expires_at":0,
            "is_valid":true,"scopes":["whatsapp_business_management","whatsapp_business_messaging","public_profile"],
            "granular_scopes":[{"scope":"whatsapp_business_management"},
                {"scope":"whatsapp_business_messaging","target_ids":["102290129340398"]}],"user_id":"1"}}"#,
    )
    .await;
    let token = server.graph().token().await.unwrap();
    assert_eq!((token.valid, token.app_id.as_deref(), token.expires_at), (true, Some("670843887433847"), None));
    let stranger = WabaId::parse("102290129340399").unwrap();
    for (permission, here, there) in [(Permission::Management, true, true), (Permission::Messaging, true, false)] {
        assert_eq!(token.may(permission, &waba()), here, "{permission:?}");
        assert_eq!(token.may(permission, &stranger), there, "{permission:?}");
    }
    assert_eq!(token.scopes().count(), 3);
    let [asked] = &server.asked()[..] else { panic!("one request") };
    assert_eq!(asked.target, format!("/v25.0/debug_token?input_token={TOKEN}"));
}

#[tokio::test]
async fn a_token_that_ends_or_is_invalid_says_so() {
    let server = says(
        r#"{"data":{"type":"USER","expires_at":1795000000,"is_valid":false,"scopes":["whatsapp_business_messaging"]}}"#,
    )
    .await;
    let token = server.graph().token().await.unwrap();
    assert_eq!(token.expires_at, Some(Timestamp::from_seconds(1_795_000_000)));
    assert!(!token.may(Permission::Messaging, &waba()), "an invalid token may nothing");
}

#[tokio::test]
async fn a_number_tells_its_state_and_where_its_messages_go() {
    let server = says(
        r#"{"id":"106540352242922","status":"CONNECTED","quality_rating":"YELLOW","name_status":"APPROVED",
            "throughput":{"level":"HIGH"},"webhook_configuration":{"application":"https://app.example/hook",
            "whatsapp_business_account":"https://br.bank.example/webhooks/whatsapp"}}"#,
    )
    .await;
    let status = server.graph().number(&number()).await.unwrap();
    assert_eq!(
        (status.id, status.state, status.quality),
        (number(), Some(NumberState::Connected), Some(Quality::Yellow))
    );
    assert_eq!((status.name_state, status.throughput), (Some(NameState::Approved), Some(Throughput::High)));
    assert_eq!(status.callbacks.effective(), Some("https://br.bank.example/webhooks/whatsapp"));
    assert!(server.asked()[0].target.starts_with("/v25.0/106540352242922?fields=id%2Cstatus%2C"));

    let overridden = says(
        r#"{"id":"106540352242922","status":"HIBERNATING","webhook_configuration":{"phone_number":"https://n.example/",
            "whatsapp_business_account":"https://w.example/","application":"https://a.example/"}}"#,
    )
    .await;
    let status = overridden.graph().number(&number()).await.unwrap();
    assert_eq!(status.state, Some(NumberState::Other("HIBERNATING".to_owned())), "a new word is no error");
    assert_eq!((status.quality, status.callbacks.effective()), (None, Some("https://n.example/")));
}

#[tokio::test]
async fn an_account_tells_who_gets_its_webhooks_and_where() {
    let server = says(
        r#"{"data":[{"whatsapp_business_api_data":{"id":"67084","link":"https:\/\/x","name":"Lucky Shrub"},
            "override_callback_uri":"https:\/\/br.bank.example\/webhooks\/whatsapp"},
            {"whatsapp_business_api_data":{"id":"67085"}}]}"#,
    )
    .await;
    let expected = [
        Subscription {
            app_id: "67084".to_owned(),
            app_name: Some("Lucky Shrub".to_owned()),
            override_callback_uri: Some("https://br.bank.example/webhooks/whatsapp".to_owned()),
        },
        Subscription { app_id: "67085".to_owned(), app_name: None, override_callback_uri: None },
    ];
    assert_eq!(server.graph().subscriptions(&waba()).await.unwrap(), expected);
    assert_eq!(says(r#"{"data":[]}"#).await.graph().subscriptions(&waba()).await.unwrap(), []);
}

/// Two pages, the second reached by its cursor: the address in `next` names another host and holds a token.
#[tokio::test]
async fn a_list_is_read_to_its_end_by_cursor_and_never_by_address() {
    let stranger = says(r#"{"data":[]}"#).await;
    let elsewhere = stranger.address;
    let server = Stub::start(move |_, asked, _| {
        if asked.target.contains("after=PAGE2") {
            return answer(
                200,
                r#"{"data":[{"name":"verdict","language":"pt_BR","status":"PAUSED","category":"UTILITY",
                "id":"2"}],"paging":{"cursors":{"before":"x","after":"y"}}}"#,
            );
        }
        answer(
            200,
            format!(
                r#"{{"data":[{{"name":"verdict","language":"en","status":"APPROVED","category":"UTILITY",
            "id":"1"}}],"paging":{{"cursors":{{"before":"x","after":"PAGE2"}},"next":"http://{elsewhere}/next"}}}}"#
            ),
        )
    })
    .await;
    let templates = server.graph().templates(&waba()).await.unwrap();
    let told: Vec<_> = templates.iter().map(|template| (template.language.as_str(), &template.state)).collect();
    assert_eq!(told, [("en", &TemplateState::Approved), ("pt_BR", &TemplateState::Paused)]);
    assert!(templates.iter().all(|template| template.category == TemplateCategory::Utility));
    assert_eq!(server.asked().len(), 2);
    assert!(stranger.asked().is_empty());
}

#[tokio::test]
async fn a_list_without_end_is_given_up() {
    let endless =
        r#"{"data":[{"id":"1"}],"paging":{"cursors":{"after":"again"},"next":"https://graph.facebook.com/"}}"#;
    let server = says(endless).await;
    assert!(matches!(server.graph().numbers_of(&waba()).await, Err(GraphError::Unreadable { .. })));
}

#[tokio::test]
async fn what_is_not_there_is_told_from_what_is_refused() {
    let absent = Stub::start(|_, _, _| not_visible()).await;
    let graph = absent.graph();
    assert_eq!(graph.number(&number()).await, Err(GraphError::NotVisible));
    assert_eq!(graph.subscriptions(&waba()).await, Err(GraphError::NotVisible));
    assert_eq!(graph.numbers_of(&waba()).await, Err(GraphError::NotVisible));
    assert_eq!(GraphError::NotVisible.class(), Class::Permanent);
    for (status, code, class) in [
        (401, 190, ErrorClass::StopNumber),
        (403, 200, ErrorClass::StopNumber),
        (400, 100, ErrorClass::BadRequest),
        (400, 80_007, ErrorClass::SlowDown),
    ] {
        let server = Stub::start(move |_, _, _| refusal(status, code)).await;
        let error = server.graph().templates(&waba()).await.unwrap_err();
        assert!(matches!(error, GraphError::Refused(e) if e.class == class && e.code == code), "{error:?}");
    }
    let gateway = Stub::start(|_, _, _| answer(502, "<html>")).await;
    assert_eq!(gateway.graph().token().await.unwrap_err().class(), Class::Transient);
    let html = says("<html>sign in</html>").await;
    assert!(matches!(html.graph().number(&number()).await, Err(GraphError::Unreadable { .. })));
}

/// The token stands in an address here, so every error of that call is looked at.
#[tokio::test]
async fn the_token_is_in_no_error() {
    let closed = Stub::start(|_, _, _| answer(200, "")).await;
    let mut errors = vec![closed.graph().token().await.unwrap_err()];
    for (status, body) in [(401, r#"{"error":{"code":190,"message":"token EAAtoken"}}"#), (500, TOKEN), (302, TOKEN)] {
        let server = Stub::start(move |_, _, _| answer(status, body)).await;
        errors.push(server.graph().token().await.unwrap_err());
    }
    for error in errors {
        let told = format!("{error} {error:?} {:?}", std::error::Error::source(&error).map(ToString::to_string));
        assert!(!told.contains(TOKEN), "{told}");
    }
}
