//! What the edge and the extractors answer on every route, added to the description of each operation.

use platform::http::Code;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder};

const PROBLEM: &str = "application/problem+json";

/// Completes the operations of the REST surface. Better Auth's surface (`/api/auth`) answers in its own words.
pub(crate) fn complete(openapi: &mut OpenApi) {
    for (path, item) in &mut openapi.paths.paths {
        if !path.starts_with("/api/v1/") {
            continue;
        }
        let operations = [
            &mut item.get,
            &mut item.post,
            &mut item.put,
            &mut item.patch,
            &mut item.delete,
        ];
        operations.into_iter().flatten().for_each(describe);
    }
}

fn describe(operation: &mut Operation) {
    let has_body = operation.request_body.is_some();
    let added = [
        (has_body || operation.parameters.is_some(), Code::Validation),
        (has_body, Code::PayloadTooLarge),
        (has_body, Code::UnsupportedMediaType),
        (true, Code::RateLimited),
        (true, Code::ServiceUnavailable),
    ];
    let responses = &mut operation.responses.responses;
    for (_, code) in added.into_iter().filter(|(is_possible, _)| *is_possible) {
        responses
            .entry(code.status().as_str().to_owned())
            .or_insert_with(|| problem(code).into());
    }
    for (status, response) in responses {
        if let RefOr::T(response) = response
            && status.starts_with(['4', '5'])
            && let Some(content) = response.content.shift_remove("application/json")
        {
            response.content.insert(PROBLEM.to_owned(), content);
        }
    }
}

fn problem(code: Code) -> Response {
    let schema = Ref::from_schema_name("Problem");
    ResponseBuilder::new()
        .description(format!("`{}`: {}", code.as_str(), code.meaning()))
        .content(PROBLEM, ContentBuilder::new().schema(Some(schema)).build())
        .build()
}
