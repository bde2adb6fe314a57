//! What a use asks, what it answers, and how a repeated one is recognised.

use super::metadata;
use crate::ledger::{Balances, Claim, Debit};
use kernel::crypto::digest::sha256;
use kernel::{Timestamp, UserId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// Where the credits come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SourceType {
    /// The caller's own wallet.
    #[default]
    Personal,
}

/// The wallet to debit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreditSource {
    /// Only `personal`.
    #[serde(rename = "type")]
    pub(crate) kind: SourceType,
}

/// A use of credits.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct UseRequest {
    /// Whole credits, 1 to 1000000000.
    #[schema(minimum = 1, maximum = 1_000_000_000, example = 10)]
    pub(crate) amount: i64,
    /// The app that spends, 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100, example = "notes")]
    pub(crate) app_id: String,
    /// What for, shown to the person, 1 to 1000 characters.
    #[schema(min_length = 1, max_length = 1000, example = "One summary")]
    pub(crate) description: String,
    /// The same as the header `Idempotency-Key`, 1 to 255 characters.
    #[serde(default, skip_serializing_if = "always")]
    #[schema(min_length = 1, max_length = 255)]
    pub(crate) idempotency_key: Option<String>,
    /// Kept with the transaction, at most 16 KiB.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub(crate) metadata: Option<Box<RawValue>>,
    /// The wallet to debit; the caller's own when absent.
    #[serde(default)]
    pub(crate) credit_source: Option<CreditSource>,
}

/// Leaves a field out of the digest of a request but, unlike `skip_serializing`, not out of its description.
fn always(_: &Option<String>) -> bool {
    true
}

impl UseRequest {
    /// What a repetition must equal: everything but the key.
    ///
    /// # Errors
    /// What is wrong with the metadata.
    pub(crate) fn claim(&self, key: String) -> Result<Claim, &'static str> {
        let request = Self {
            metadata: self.canonical_metadata()?,
            ..self.clone()
        };
        let canonical = serde_json::to_vec(&request).map_err(|_| "cannot be written")?;
        Ok(Claim {
            key,
            request_hash: sha256(&canonical),
        })
    }

    /// Checks the metadata; answers it in the form in which it is compared.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn canonical_metadata(&self) -> Result<Option<Box<RawValue>>, &'static str> {
        let Some(sent) = &self.metadata else {
            return Ok(None);
        };
        let canonical = metadata::canonical(sent)?;
        RawValue::from_string(canonical)
            .map(Some)
            .map_err(|_| "cannot be written")
    }
}

/// A debit as it is shown.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UsedTransaction {
    /// Its id.
    pub(crate) id: String,
    /// Whose it is.
    pub(crate) user_id: String,
    /// Always `usage`.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// Always `completed`.
    pub(crate) status: String,
    /// Negative.
    pub(crate) amount: i64,
    /// The app that spent.
    pub(crate) app_id: String,
    /// What for.
    pub(crate) description: String,
    /// Null for personal uses.
    pub(crate) organization_id: Option<String>,
    /// As sent.
    #[schema(value_type = Option<Object>)]
    pub(crate) metadata: Option<Box<RawValue>>,
    /// As sent.
    pub(crate) idempotency_key: Option<String>,
    /// When it was made.
    #[schema(value_type = String)]
    pub(crate) created_at: Timestamp,
    /// The same moment.
    #[schema(value_type = String)]
    pub(crate) completed_at: Timestamp,
    /// Free and paid credits before.
    pub(crate) balance_before: i64,
    /// Free and paid credits after.
    pub(crate) balance_after: i64,
}

/// What is left.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewBalance {
    /// Paid credits.
    pub(crate) balance: i64,
    /// Free credits.
    pub(crate) free_credits_remaining: i64,
    /// Spent in all.
    pub(crate) total_spent: i64,
}

/// The answer to a use. The balances stand last in each part, because the ledger writes them behind the rest.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UseAnswer {
    /// Always true.
    pub(crate) success: bool,
    /// The debit.
    pub(crate) transaction: UsedTransaction,
    /// What is left.
    pub(crate) new_balance: NewBalance,
}

/// What follows the head when every balance is 0.
const ZERO_TAIL: &str =
    r#"0,"balanceAfter":0},"newBalance":{"balance":0,"freeCreditsRemaining":0,"totalSpent":0}}"#;

/// The answer up to the first balance, which only the ledger knows.
pub(crate) fn answer_head(debit: &Debit, now: Timestamp) -> String {
    let answer = UseAnswer {
        success: true,
        transaction: UsedTransaction {
            id: debit.transfer_id.to_string(),
            user_id: debit.user_id.as_str().to_owned(),
            kind: "usage".to_owned(),
            status: "completed".to_owned(),
            amount: debit.amount.amount().saturating_neg(),
            app_id: debit.app_id.clone(),
            description: debit.description.clone(),
            organization_id: None,
            metadata: debit.metadata.clone(),
            idempotency_key: debit.claim.as_ref().map(|claim| claim.key.clone()),
            created_at: now,
            completed_at: now,
            balance_before: 0,
            balance_after: 0,
        },
        new_balance: NewBalance {
            balance: 0,
            free_credits_remaining: 0,
            total_spent: 0,
        },
    };
    let text = serde_json::to_string(&answer).unwrap_or_default();
    text.strip_suffix(ZERO_TAIL).unwrap_or(&text).to_owned()
}

/// The whole answer; the ledger ends a receipt in the same words.
pub(crate) fn complete_answer(head: &str, balances: Balances) -> String {
    let Balances {
        before,
        after,
        paid,
        free,
        total_spent,
    } = balances;
    format!(
        r#"{head}{before},"balanceAfter":{after}}},"newBalance":{{"balance":{paid},"freeCreditsRemaining":{free},"totalSpent":{total_spent}}}}}"#
    )
}

/// Who asks, as receipts know them.
pub(crate) fn caller_of(user_id: &UserId) -> String {
    format!("user:{user_id}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Credits;

    fn debit() -> Debit {
        Debit {
            transfer_id: uuid::Uuid::nil(),
            user_id: UserId::new("u"),
            amount: Credits::new(10),
            app_id: "app".to_owned(),
            description: "a \"quoted\" text".to_owned(),
            metadata: Some(RawValue::from_string(r#"{"a": 1.0}"#.to_owned()).unwrap()),
            caller: "user:u".to_owned(),
            claim: None,
            answer_head: String::new(),
        }
    }

    #[test]
    fn an_answer_completed_behind_its_head_is_the_answer_serialised_whole() {
        let now = Timestamp::from_millis(1_700_000_000_000).unwrap();
        let head = answer_head(&debit(), now);
        let balances = Balances {
            before: 150,
            after: 140,
            paid: 0,
            free: 140,
            total_spent: 10,
        };
        let text = complete_answer(&head, balances);
        let parsed: UseAnswer = serde_json::from_str(&text).unwrap();
        assert_eq!(parsed.transaction.balance_before, 150);
        assert_eq!(parsed.new_balance.free_credits_remaining, 140);
        assert_eq!(serde_json::to_string(&parsed).unwrap(), text);
    }

    #[test]
    fn the_request_hash_ignores_the_key_and_the_order_of_metadata() {
        let one: UseRequest = serde_json::from_str(
            r#"{"amount":1,"appId":"a","description":"d","idempotencyKey":"x","metadata":{"b":1,"a":2}}"#,
        )
        .unwrap();
        let two: UseRequest = serde_json::from_str(
            r#"{"description":"d","metadata":{"a":2,"b":1},"amount":1,"appId":"a"}"#,
        )
        .unwrap();
        let hash = |request: &UseRequest| request.claim("k".to_owned()).unwrap().request_hash;
        assert_eq!(hash(&one), hash(&two));
        let other: UseRequest =
            serde_json::from_str(r#"{"amount":2,"appId":"a","description":"d"}"#).unwrap();
        assert_ne!(hash(&two), hash(&other));
    }
}
