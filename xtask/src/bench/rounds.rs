//! Contenders that take turns, and the middle of what each made.

use anyhow::Result;

/// Turns each contender gets.
const ROUNDS: usize = 5;

/// Something that is measured: its name and one turn of it, which gives a figure.
pub struct Contender<'c> {
    pub name: String,
    pub turn: Box<dyn FnMut() -> Result<f64> + 'c>,
}

impl<'c> Contender<'c> {
    pub fn new(name: impl Into<String>, turn: impl FnMut() -> Result<f64> + 'c) -> Self {
        Self { name: name.into(), turn: Box::new(turn) }
    }
}

/// Lets them take turns; gives the median of each, in the order given. Even rounds run backwards, so that none always
/// follows the same other.
pub fn medians(contenders: &mut [Contender<'_>]) -> Result<Vec<f64>> {
    let mut made = vec![Vec::new(); contenders.len()];
    for round in 0..ROUNDS {
        let forth: Vec<usize> = (0..contenders.len()).collect();
        let order = if round % 2 == 0 { forth } else { forth.into_iter().rev().collect() };
        for place in order {
            let figure = (contenders[place].turn)()?;
            eprintln!("round {}: {} {figure:.0}", round + 1, contenders[place].name);
            made[place].push(figure);
        }
    }
    Ok(made.into_iter().map(median).collect())
}

pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}
