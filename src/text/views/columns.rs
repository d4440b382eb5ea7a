//! Codes side by side, as a page of two columns is copied: each line has a row of each.

/// Blanks between two columns.
const APART: &str = "  ";
/// Dashes and characters of what is taken for a row here.
const FEWEST_DASHES: usize = 2;
const SHORTEST: usize = 15;
/// Lines with two rows that are a sign of columns.
const FEWEST_LINES: usize = 2;
/// Columns that are told apart; what stands behind is of the last.
const MOST_COLUMNS: usize = 8;

/// The columns below each other, where lines have more than one row.
pub(super) fn view(text: &str) -> Option<String> {
    if !text.contains(APART) && !text.contains('\t') {
        return None;
    }
    let mut out = String::new();
    let mut found = false;
    let mut table: Vec<Vec<(usize, &str)>> = Vec::new();
    for line in text.lines().chain([""]) {
        let cells = cells(line);
        if !cells.is_empty() {
            table.push(cells);
            continue;
        }
        let lines = table.iter().filter(|cells| rows_of(cells) >= 2);
        if lines.count() >= FEWEST_LINES {
            found = true;
            write(&table, &mut out);
        }
        table.clear();
    }
    found.then_some(out)
}

/// What stands between the gaps of a line, and where; what a tab parts has its place in the order instead.
fn cells(line: &str) -> Vec<(usize, &str)> {
    if line.contains('\t') {
        let cells = line.split('\t').enumerate();
        return cells.filter(|(_, cell)| !cell.trim().is_empty()).collect();
    }
    let mut cells = Vec::new();
    let mut at = 0;
    for part in line.split(APART) {
        let inner = part.trim_start();
        if !inner.is_empty() {
            cells.push((at + part.len() - inner.len(), inner));
        }
        at += part.len() + APART.len();
    }
    cells
}

fn rows_of(cells: &[(usize, &str)]) -> usize {
    let row = |cell: &str| cell.len() >= SHORTEST && cell.matches('-').count() >= FEWEST_DASHES;
    cells.iter().filter(|(_, cell)| row(cell)).count()
}

/// Writes the columns of lines that stand together, each column as the first line with two rows has them.
fn write(table: &[Vec<(usize, &str)>], out: &mut String) {
    let first = table.iter().find(|cells| rows_of(cells) >= 2);
    let starts = first.into_iter().flatten().map(|&(start, _)| start);
    let starts: Vec<usize> = starts.take(MOST_COLUMNS).collect();
    for column in 0..starts.len() {
        for cells in table {
            let nearest = |start: usize| {
                let away = starts.iter().enumerate();
                away.min_by_key(|(_, it)| it.abs_diff(start))
                    .map(|(nth, _)| nth)
            };
            let own = cells
                .iter()
                .filter(|(start, _)| nearest(*start) == Some(column));
            for (_, cell) in own {
                out.push_str(cell);
                out.push('\n');
            }
        }
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn columns_stand_below_each_other() {
        let text = "AURORA                BOREALIS\n\nA0758-84R3K-C7XCT     A0B58-83HNJ-V12E8\nK5D4V-8X1KX-CN981     0KCRN-8NME7-MFT\n00000-K1ZVV-48RFM\n7P                    00000\n";
        let made = "A0758-84R3K-C7XCT\nK5D4V-8X1KX-CN981\n00000-K1ZVV-48RFM\n7P\n\nA0B58-83HNJ-V12E8\n0KCRN-8NME7-MFT\n00000\n\n";
        assert_eq!(super::view(text).as_deref(), Some(made));
        let tabs =
            "a\tA0758-84R3K-C7XCT\tA0B58-83HNJ-V12E8\nb\tK5D4V-8X1KX-CN981\t0KCRN-8NME7-MFT\n";
        let made = "a\nb\n\nA0758-84R3K-C7XCT\nK5D4V-8X1KX-CN981\n\nA0B58-83HNJ-V12E8\n0KCRN-8NME7-MFT\n\n";
        assert_eq!(super::view(tabs).as_deref(), Some(made));
    }

    #[test]
    fn one_row_in_a_line_is_no_column() {
        let rows = "row 1   A0758-84R3K-C7XCT   cedar\nrow 2   K5D4V-8X1KX-CN981   lemon\n";
        assert_eq!(super::view(rows), None);
    }
}
