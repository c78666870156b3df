//! The steps of the schema already taken.

use crate::sql::statement::statements;

statements! {
    TAKEN = one("", "
SELECT
    number,
    digest
FROM migration
ORDER BY number");

    TAKE = one("itb", "
INSERT INTO migration (
    number,
    name,
    digest
) VALUES ($1, $2, $3)");
}
