namespace FanIn.TorchSharp;

/// <summary>What a layer's units are fitted to, and by how many tries.</summary>
internal sealed record UnitGoal
{
    /// <summary>Weights are divided by the standard deviation.</summary>
    public bool Scales { get; private init; } = true;

    /// <summary>Biases are moved against the mean.</summary>
    public bool Centers { get; private init; } = true;

    /// <summary>Each unit for itself, or all of a layer together.</summary>
    public bool PerUnit { get; private init; } = true;

    /// <summary>The step is taken also where all is well within the tolerance.</summary>
    public bool Always { get; private init; } = true;

    public double Tolerance { get; private init; }

    public int MaxTries { get; private init; } = 1;

    /// <summary>Mean 0 of each unit, by its bias alone.</summary>
    public static UnitGoal Centered { get; } = new() { Scales = false };

    /// <summary>Null for initializers that don't work layer by layer.</summary>
    public static UnitGoal? Of(Initializer? initializer) =>
        initializer switch
        {
            LsuvInitializer lsuv => new()
            {
                Tolerance = lsuv.Tolerance,
                MaxTries = lsuv.MaxTries,
                PerUnit = lsuv.Per == VarianceScope.Channel,
                Centers = lsuv.Center,
                Always = false,
            },
            KrahenbuhlInitializer krahenbuhl => new()
            {
                Tolerance = krahenbuhl.Tolerance,
                MaxTries = krahenbuhl.MaxTries,
            },
            WeightNormInitializer weightNorm => new() { Tolerance = weightNorm.Tolerance },
            _ => null,
        };

    public bool IsReached(UnitStatistics units) =>
        units.Variances.Length > 0
        && Enumerable.Range(0, units.Variances.Length).All(i => IsNear(units, i, canCenter: true));

    /// <summary>
    /// By what each unit is multiplied; null where no unit is left that it would bring nearer. Units without variance
    /// stay as they are.
    /// </summary>
    public double[]? Factors(UnitStatistics units, int tries, bool canCenter)
    {
        double[] factors =
        [
            .. units.Variances.Select(v =>
                !Scales ? 1
                : CanFit(v) ? 1 / Math.Sqrt(v)
                : double.NaN
            ),
        ];
        bool helps =
            tries < MaxTries
            && Enumerable
                .Range(0, factors.Length)
                .Any(i => double.IsFinite(factors[i]) && ((Always && tries == 0) || !IsNear(units, i, canCenter)));
        return helps ? factors : null;
    }

    private static bool CanFit(double variance) => variance > 0 && double.IsFinite(variance);

    private bool IsNear(UnitStatistics units, int unit, bool canCenter) =>
        (!Scales || Math.Abs(units.Variances[unit] - 1) <= Tolerance)
        && (!Centers || !canCenter || Math.Abs(units.Means[unit]) <= Tolerance);
}
