//! Linear regression with several variables: least squares with a penalty on each slope (ridge regression), so that few
//! points change it little.
//!
//! Pure. Does not know what the variables mean.

/// One observation.
pub(super) struct Point {
    /// Its variables; the first is 1.
    pub(super) x: Vec<f64>,
    /// The observed value.
    pub(super) y: f64,
    /// Its weight.
    pub(super) weight: f64,
}

/// Returns the best slopes, one for each variable, and the standard deviation of the residuals. `penalties`: how many
/// points it takes to outweigh the assumption that a slope is 0. `before`: prior standard deviation, and how many
/// points it counts for.
pub(super) fn fit(points: &[Point], penalties: &[f64], before: (f64, f64)) -> (Vec<f64>, f64) {
    let weights: Vec<f64> = points.iter().map(|point| point.weight).collect();
    let first = slopes(points, &weights, penalties);
    // Outliers, as on a slow drive, must not bend the line.
    let outlier_bound = 2.0 * spread(points, &weights, &first, before);
    let far = |point: &Point| (outlier_bound / residual(point, &first).abs().max(1e-9)).min(1.0);
    let weights: Vec<f64> = points.iter().map(|point| point.weight * far(point)).collect();
    let slopes = slopes(points, &weights, penalties);
    let spread = spread(points, &weights, &slopes, before);
    (slopes, spread)
}

/// The predicted value at `x`.
pub(super) fn value(slopes: &[f64], x: &[f64]) -> f64 {
    slopes.iter().zip(x).map(|(slope, x)| slope * x).sum()
}

fn residual(point: &Point, slopes: &[f64]) -> f64 {
    point.y - value(slopes, &point.x)
}

fn spread(points: &[Point], weights: &[f64], slopes: &[f64], before: (f64, f64)) -> f64 {
    let squares = points.iter().zip(weights).map(|(point, weight)| weight * residual(point, slopes).powi(2));
    let sum = squares.sum::<f64>() + before.0 * before.0 * before.1;
    (sum / (weights.iter().sum::<f64>() + before.1)).sqrt()
}

/// Solves the normal equations; the matrix is positive definite because each penalty is above 0.
fn slopes(points: &[Point], weights: &[f64], penalties: &[f64]) -> Vec<f64> {
    let n = penalties.len();
    let mut matrix = vec![vec![0.0; n]; n];
    let mut right = vec![0.0; n];
    for (point, weight) in points.iter().zip(weights) {
        for ((row, x), (sums, right)) in point.x.iter().enumerate().zip(matrix.iter_mut().zip(&mut right)) {
            *right += weight * x * point.y;
            for (sum, other) in sums.iter_mut().zip(&point.x).take(row + 1) {
                *sum += weight * x * other;
            }
        }
    }
    for (at, penalty) in penalties.iter().enumerate() {
        matrix[at][at] += penalty;
    }
    solve(matrix, right)
}

/// Cholesky decomposition; only the lower half of the matrix is read.
fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let n = right.len();
    for row in 0..n {
        for column in 0..=row {
            let known: f64 = (0..column).map(|k| matrix[row][k] * matrix[column][k]).sum();
            let rest = matrix[row][column] - known;
            matrix[row][column] =
                if row == column { rest.max(1e-12).sqrt() } else { rest / matrix[column][column] };
        }
    }
    for row in 0..n {
        let known: f64 = (0..row).map(|k| matrix[row][k] * right[k]).sum();
        right[row] = (right[row] - known) / matrix[row][row];
    }
    for row in (0..n).rev() {
        let known: f64 = (row + 1..n).map(|k| matrix[k][row] * right[k]).sum();
        right[row] = (right[row] - known) / matrix[row][row];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(count: usize, y: impl Fn(f64, f64) -> f64) -> Vec<Point> {
        let point = |n: usize| {
            let (a, b) = ((n % 7) as f64, (n % 5) as f64);
            Point { x: vec![1.0, a, b], y: y(a, b), weight: 1.0 }
        };
        (0..count).map(point).collect()
    }

    #[test]
    fn many_points_give_the_slopes_and_one_point_does_not() {
        let line = |a: f64, b: f64| 2.0 + 0.5 * a - 0.3 * b;
        let (slopes, spread) = fit(&points(700, line), &[0.1; 3], (0.3, 2.0));
        for (found, expected) in slopes.iter().zip([2.0, 0.5, -0.3]) {
            assert!((found - expected).abs() < 0.01, "{slopes:?}");
        }
        assert!(spread < 0.05, "{spread}");
        let one = [Point { x: vec![1.0, 1.0], y: 4.0, weight: 1.0 }];
        let (slopes, _) = fit(&one, &[1.0, 3.0], (0.3, 2.0));
        assert!(slopes[0] > slopes[1] && value(&slopes, &[1.0, 1.0]) < 4.0, "{slopes:?}");
    }

    #[test]
    fn outliers_bend_the_line_little() {
        let mut all = points(100, |a, _| a);
        all[3].y = 50.0;
        let (slopes, _) = fit(&all, &[0.1; 3], (0.3, 2.0));
        assert!((value(&slopes, &[1.0, 3.0, 2.0]) - 3.0).abs() < 0.3, "{slopes:?}");
    }

    #[test]
    fn without_points_all_slopes_are_zero() {
        assert_eq!(fit(&[], &[1.0; 3], (0.3, 2.0)).0, [0.0; 3]);
    }
}
