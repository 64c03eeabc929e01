using System.Collections.Immutable;

namespace FanIn.TorchSharp;

/// <summary>What an initialization did.</summary>
/// <param name="Plan">Each parameter with its key, fan, initializer and standard deviation.</param>
/// <param name="Fits">
/// What fitting to data did: one for each data-driven initializer of the plan, in order of first use, two for
/// <c>krahenbuhl</c>, which fits variances and then ratios; empty without any.
/// </param>
public sealed record InitializationReport(Plan Plan, ImmutableArray<DataFit> Fits)
{
    /// <summary>The parameters that a fit was to reach and didn't: no data passed, or too few tries.</summary>
    public IEnumerable<string> NotReached =>
        Fits.SelectMany(fit => fit.Parameters).Where(p => !p.Reached).Select(p => p.Name).Distinct();
}

/// <summary>What one data-driven initializer reached.</summary>
/// <param name="Initializer">Which one.</param>
/// <param name="Quantity">What the parameters' numbers are, with its target where it has one: <c>variance</c>.</param>
/// <param name="Parameters">
/// Its parameters; those of layers in order of execution, and last, not reached, those that no data passed through: layers
/// that never ran, whose custom parent calls their <c>forward</c> instead of <c>call</c>, or with several weights inside.
/// </param>
/// <param name="Measures">What was measured of the whole network; empty where the method has no such number.</param>
/// <param name="Passes">How often data were passed through the network, together with all others that fit layer by layer.</param>
/// <param name="MostPasses">The bound on that.</param>
public sealed record DataFit(
    DataDrivenInitializer Initializer,
    string Quantity,
    ImmutableArray<FittedParameter> Parameters,
    ImmutableArray<FitMeasure> Measures,
    int Passes,
    int MostPasses
);

/// <summary>What fitting reached at one parameter.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Before">
/// The quantity with the weights it started from, and with those of earlier layers already fitted: the variance of the
/// layer's output (of the unit farthest from 1, where units are fitted), the ratio to the geometric mean, the norm, the
/// scale. NaN if no data passed.
/// </param>
/// <param name="After">The same at the end.</param>
/// <param name="Tries">How often it was changed.</param>
/// <param name="Reached">Whether it has what its initializer promises.</param>
public sealed record FittedParameter(string Name, double Before, double After, int Tries, bool Reached)
{
    /// <summary>
    /// The mean of the layer's output at the end, of the unit farthest from 0 where units are fitted; NaN where the
    /// quantity isn't a variance.
    /// </summary>
    public double Mean { get; init; } = double.NaN;
}

/// <summary>A number of the whole network that a search changed.</summary>
/// <param name="Name">Such as <c>gradient quotient</c>.</param>
/// <param name="Before">With the weights it started from.</param>
/// <param name="After">With those it ended with.</param>
public sealed record FitMeasure(string Name, double Before, double After);
