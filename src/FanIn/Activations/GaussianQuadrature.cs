using static System.Math;

namespace FanIn;

/// <summary>
/// Integrals of an activation under the normal density, by polynomials of degree 15 on intervals that are divided until
/// the polynomials fit: to a corner or jump that nobody has stated the intervals close in, to a width that doesn't count.
/// </summary>
/// <remarks>
/// As in Chebfun (Pachon, Platte, Trefethen, "Piecewise-smooth chebfuns", IMA J. Numer. Anal. 30 (2010)), with Legendre
/// polynomials, of which f sqrt(density) is a sum: so squares are integrated exactly once that fits, and each interval's
/// error counts by its weight.
/// </remarks>
internal sealed class GaussianQuadrature
{
    /// <summary>What each interval may contribute to the relative error.</summary>
    private const double Tolerance = 1e-15;

    /// <summary>What the relative error is promised to be.</summary>
    private const double Promise = 1e-10;

    /// <summary>About 50 ms of a simple function.</summary>
    private const int MostPieces = 4000;

    /// <summary>Here the density underflows.</summary>
    private const double Farthest = 39.0;

    private readonly GaussianInput _input;
    private List<GaussianPiece> _pieces = [];

    /// <exception cref="ExpectationException">The integrals don't exist, or can't be told.</exception>
    public GaussianQuadrature(GaussianInput input)
    {
        _input = input;
        Start();
        while (Refine()) { }
        if (Variance < 1e-28 * Mean * Mean)
        {
            // Rounding: f is constant.
            (Variance, SlopeMoment) = (0.0, 0.0);
            return;
        }
        Check();
        if (!input.HasSlope && SlopeMoment < 1e-13 * Variance)
        {
            // Rounding: f is made of steps.
            SlopeMoment = 0.0;
        }
    }

    public double Mean { get; private set; }

    /// <summary>About the mean.</summary>
    public double Variance { get; private set; }

    /// <summary>E f'^2 q: of the slope along z.</summary>
    public double SlopeMoment { get; private set; }

    /// <summary>
    /// What errors of the slopes are held against. Poincare's inequality: Var f is at most the slope's second moment,
    /// unless f jumps, when slopes can be 0 everywhere.
    /// </summary>
    private double SlopeScale => Max(SlopeMoment, Variance);

    /// <summary>f near 0.</summary>
    public double CentralValue => _pieces[0].FirstValue;

    /// <summary>The intervals on which polynomials fit, ascending from 0.</summary>
    public IReadOnlyList<GaussianPiece> Pieces => _pieces;

    /// <summary>E g(z, f, df/dz).</summary>
    public double Expect(Func<double, double, double, double> integrand) => _pieces.Sum(piece => piece.Sum(integrand));

    /// <summary>What counts as narrow: below the smallest feature that a user's function may have.</summary>
    private double Unit(GaussianPiece piece) => Max(Min(1.0, 1.0 / _input.Scale), piece.End);

    private void Start()
    {
        double[] ends = Ends();
        double lastKink = _input
            .Activation.Kinks.Select(kink => Abs(kink) / _input.Scale)
            .Where(z => z < Farthest)
            .DefaultIfEmpty(0.0)
            .Max();
        (double values, double slopes) = (0.0, 0.0);
        for (int i = 0; i + 1 < ends.Length; i++)
        {
            var piece = new GaussianPiece(_input, ends[i], ends[i + 1]);
            _pieces.Add(piece);
            (double value, double slope) = (piece.Values(0.0).Energy, piece.Slopes().Energy);
            values += value;
            slopes += slope;
            bool isLast = value <= 1e-20 * values && slope <= 1e-20 * slopes;
            // A function may be 0 for long before it begins.
            if (piece.Start >= Max(12.0, lastKink) && values > 0.0 && isLast)
            {
                return;
            }
            if (i + 2 == ends.Length && (value > Promise * values || slope > Promise * slopes) && values > 1e-280)
            {
                throw GaussianInput.Fault(
                    $"'{_input.Activation}' grows too fast: of an input of variance {_input.Variance:R} its second moment, or its derivative's, is infinite"
                );
            }
        }
    }

    /// <summary>Where the first intervals meet.</summary>
    private double[] Ends()
    {
        List<double> ends = [0.0];
        // A steep function's features lie close to 0, at any scale.
        for (double x = 0.5; x / _input.Scale < 1.0 && _input.Scale > 1.0; x *= 2.0)
        {
            ends.Add(x / _input.Scale);
        }
        for (double z = 0.0; z < Farthest; )
        {
            z +=
                _input.Activation.IsKnown || z >= 12.0 ? 1.0
                : z < 6.0 ? 0.25
                : 0.5;
            ends.Add(z);
        }
        ends.AddRange(_input.Activation.Kinks.Select(kink => Abs(kink) / _input.Scale).Where(z => z < Farthest));
        return [.. ends.Distinct().Order()];
    }

    /// <summary>Divides what doesn't fit yet; false when there is nothing more to do.</summary>
    private bool Refine()
    {
        Summarize();
        if (_pieces.TrueForAll(piece => piece.IsSettled) || _pieces.Count > MostPieces)
        {
            return false;
        }
        List<GaussianPiece> pieces = new(2 * _pieces.Count);
        foreach (GaussianPiece piece in _pieces)
        {
            if (!piece.IsSettled)
            {
                Settle(piece);
            }
            if (piece.IsSettled)
            {
                pieces.Add(piece);
            }
            else
            {
                pieces.Add(new(_input, piece.Start, piece.Middle));
                pieces.Add(new(_input, piece.Middle, piece.End));
            }
        }
        _pieces = pieces;
        return true;
    }

    private void Settle(GaussianPiece piece)
    {
        GaussianPiece.Measured slopes = piece.Slopes();
        piece.IsSettled =
            piece.Width <= ScaleB(Unit(piece), -48)
            || (piece.Values(Mean).IsGoodFor(Variance, Tolerance) && slopes.IsGoodFor(SlopeScale, Tolerance));
        // So narrow that it doesn't count, and that a jump looks like rounding.
        if (piece.IsSettled && piece.Width <= ScaleB(Unit(piece), -42) && !(slopes.Error <= Tolerance * SlopeScale))
        {
            piece.ForgetSlopes();
        }
    }

    private void Summarize()
    {
        Mean = Expect((_, f, _) => f);
        Variance = Math.Max(0.0, Expect((_, f, _) => (f - Mean) * (f - Mean)));
        // Where a jump isn't closed in yet, slopes mean nothing.
        SlopeMoment = _pieces.Sum(piece =>
            piece.Slopes() is var slopes && (piece.IsSettled || slopes.Error <= 0.1 * slopes.Energy)
                ? slopes.Energy
                : 0.0
        );
        if (!double.IsFinite(Variance) || !double.IsFinite(SlopeMoment))
        {
            throw GaussianInput.Fault(
                $"the second moment of '{_input.Activation}', or its derivative's, is beyond the range of a double"
            );
        }
    }

    private void Check()
    {
        (double valueError, double slopeError, double narrowValues, double narrowSlopes) = (0.0, 0.0, 0.0, 0.0);
        double narrowAt = 0.0;
        foreach (GaussianPiece piece in _pieces)
        {
            (GaussianPiece.Measured values, GaussianPiece.Measured slopes) = (piece.Values(Mean), piece.Slopes());
            valueError += values.Error;
            slopeError += slopes.Error;
            if (piece.Width < ScaleB(Unit(piece), -36))
            {
                narrowValues += values.Energy;
                narrowSlopes += slopes.Energy;
                narrowAt = piece.Start;
            }
        }
        bool isDone = _pieces.TrueForAll(piece => piece.IsSettled);
        if (isDone && (narrowValues > Promise * Variance || narrowSlopes > Promise * SlopeScale))
        {
            throw GaussianInput.Fault(
                $"'{_input.Activation}' or its derivative is unbounded near x = {narrowAt * _input.Scale:G6} or its mirror image: its second moment is infinite, or can't be told"
            );
        }
        double error = Min(1.0, Max(Relative(valueError, Variance), Relative(slopeError, SlopeScale)));
        if (error > Promise)
        {
            throw GaussianInput.Fault(
                $"the expectations of '{_input.Activation}' can't be told to {Promise:0e-0}, only to about {error:0e-0}: its values are too rough, computed in float32 perhaps, or it oscillates too fast or jumps too often"
            );
        }
    }

    private static double Relative(double error, double total) => error == 0.0 ? 0.0 : error / total;
}
