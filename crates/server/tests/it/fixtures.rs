//! The databases of the real Better Auth in `e2e/better-auth/fixtures` are whole and have the shapes that are imported.

use testkit::TestDatabase;

#[tokio::test]
async fn databases_of_better_auth_load_with_the_shapes_they_had() {
    let database = TestDatabase::new().await;
    let postgres = database.superuser().await;
    for (version, dump, has_issuer, link) in [
        (
            "1.6.x",
            include_str!("../../../../e2e/better-auth/fixtures/1.6.x.sql"),
            false,
            "identifier not like 'magic-link:%'",
        ),
        (
            "1.7.1",
            include_str!("../../../../e2e/better-auth/fixtures/1.7.1.sql"),
            true,
            "identifier not like 'magic-link:%'",
        ),
        (
            "1.7.25",
            include_str!("../../../../e2e/better-auth/fixtures/1.7.25.sql"),
            false,
            "identifier like 'magic-link:%'",
        ),
    ] {
        let schema = format!("\"{version}\"");
        let load = format!("create schema {schema}; set search_path = {schema}; {dump}");
        postgres.batch_execute(&load).await.unwrap();
        let is_true = async |question: String| {
            let statement = format!("select {question}");
            let row = postgres.query_one(&statement, &[]).await.unwrap();
            row.get::<_, bool>(0)
        };
        for question in [
            "(select count(*) from \"user\") = 6".to_owned(),
            "(select count(*) from account where \"providerId\" = 'credential') = 5".to_owned(),
            "(select count(*) from account where \"providerId\" = 'google') = 1".to_owned(),
            "(select count(*) from passkey) = 1 and (select count(*) from jwks) = 1".to_owned(),
            "(select bool_and(verified) from \"twoFactor\")".to_owned(),
            "exists (select from session where \"expiresAt\" < \"createdAt\" + interval '2 days')"
                .to_owned(),
            format!("exists (select from verification where value like '{{%' and {link})"),
            "exists (select from verification where length(identifier) = 43)".to_owned(),
            format!(
                "{has_issuer} = exists (select from information_schema.columns where table_schema = '{version}'
                    and table_name = 'account' and column_name = 'issuer')"
            ),
        ] {
            assert!(is_true(question.clone()).await, "{version}: {question}");
        }
    }
}
