//! Age ratings of others, mapped onto those of Decree 147/2024/NĐ-CP, Article 38.
//!
//! Every mapping is conservative: where the ages differ, the next Vietnamese rating that is not lower.

use lanh_policy::AgeRating;
use std::collections::BTreeMap;

/// From a PEGI age (3, 7, 12, 16, 18); `None`: PEGI has no such rating. PEGI 7 becomes 12+.
pub fn from_pegi(age: u8) -> Option<AgeRating> {
    match age {
        3 => Some(AgeRating::Everyone),
        7 | 12 => Some(AgeRating::Twelve),
        16 => Some(AgeRating::Sixteen),
        18 => Some(AgeRating::Eighteen),
        _ => None,
    }
}

/// From an ESRB rating (`E`, `E10+`, `T`, `M`, `AO`); `None`: not rated, or no such rating. `T` is for 13
/// and `M` for 17, so they become 16+ and 18+.
pub fn from_esrb(rating: &str) -> Option<AgeRating> {
    match rating.trim().to_ascii_uppercase().as_str() {
        "EC" | "E" => Some(AgeRating::Everyone),
        "E10+" | "E10" => Some(AgeRating::Twelve),
        "T" => Some(AgeRating::Sixteen),
        "M" | "AO" => Some(AgeRating::Eighteen),
        _ => None,
    }
}

/// From the answers of an OARS questionnaire (Open Age Ratings Service 1.0 and 1.1): the highest that any
/// single answer asks for. A questionnaire without answers says that there is nothing to answer: 00+.
/// Questions about sharing data (`social-info`, `social-location`) and about whom characters love are not
/// about harm and do not count.
pub fn from_oars(answers: &BTreeMap<String, String>) -> AgeRating {
    answers
        .iter()
        .map(|(question, answer)| from_answer(question, answer))
        .max()
        .unwrap_or(AgeRating::Everyone)
}

fn from_answer(question: &str, answer: &str) -> AgeRating {
    use AgeRating::{Eighteen, Everyone, Sixteen, Twelve};
    // For mild, moderate and intense.
    let (mild, moderate, intense) = match question {
        "violence-cartoon" => (Everyone, Twelve, Twelve),
        "violence-fantasy" => (Everyone, Twelve, Sixteen),
        "violence-realistic" => (Twelve, Sixteen, Eighteen),
        "violence-bloodshed" => (Twelve, Sixteen, Eighteen),
        "violence-sexual" => (Eighteen, Eighteen, Eighteen),
        "violence-desecration" | "violence-slavery" => (Sixteen, Eighteen, Eighteen),
        "violence-worship" => (Everyone, Twelve, Sixteen),
        "drugs-alcohol" | "drugs-tobacco" => (Twelve, Sixteen, Sixteen),
        "drugs-narcotics" => (Sixteen, Eighteen, Eighteen),
        "sex-nudity" | "sex-themes" => (Sixteen, Sixteen, Eighteen),
        "sex-prostitution" | "sex-adultery" => (Sixteen, Eighteen, Eighteen),
        "sex-appearance" => (Everyone, Twelve, Sixteen),
        "language-profanity" => (Everyone, Twelve, Sixteen),
        "language-humor" => (Everyone, Twelve, Sixteen),
        "language-discrimination" => (Twelve, Sixteen, Eighteen),
        "money-gambling" => (Twelve, Eighteen, Eighteen),
        "money-purchasing" | "money-advertising" => (Everyone, Twelve, Twelve),
        "social-chat" | "social-audio" | "social-contacts" => (Everyone, Twelve, Twelve),
        _ => (Everyone, Everyone, Everyone),
    };
    match answer {
        "mild" => mild,
        "moderate" => moderate,
        "intense" => intense,
        _ => Everyone,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oars(answers: &[(&str, &str)]) -> AgeRating {
        from_oars(&answers.iter().map(|(question, answer)| ((*question).into(), (*answer).into())).collect())
    }

    #[test]
    fn the_strictest_answer_decides() {
        assert_eq!(oars(&[]), AgeRating::Everyone);
        assert_eq!(oars(&[("violence-cartoon", "mild"), ("sex-nudity", "none")]), AgeRating::Everyone);
        assert_eq!(oars(&[("violence-cartoon", "mild"), ("violence-bloodshed", "mild")]), AgeRating::Twelve);
        assert_eq!(
            oars(&[("money-gambling", "intense"), ("violence-fantasy", "moderate")]),
            AgeRating::Eighteen
        );
    }

    #[test]
    fn no_mapping_makes_a_program_younger() {
        for age in 0..=u8::MAX {
            if let Some(rating) = from_pegi(age) {
                assert!(rating.youngest() >= age || age == 3, "PEGI {age}");
            }
        }
        for (rating, age) in [("E10+", 10), ("T", 13), ("M", 17), ("AO", 18)] {
            assert!(from_esrb(rating).unwrap().youngest() >= age, "ESRB {rating}");
        }
        assert_eq!(from_esrb("RP"), None);
        let order = ["none", "mild", "moderate", "intense"];
        for question in
            ["violence-realistic", "sex-themes", "drugs-narcotics", "language-humor", "money-gambling"]
        {
            assert!(
                order.windows(2).all(|pair| oars(&[(question, pair[0])]) <= oars(&[(question, pair[1])]))
            );
        }
    }
}
