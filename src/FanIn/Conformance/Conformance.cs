using System.Diagnostics.CodeAnalysis;

namespace FanIn;

/// <summary>
/// Draws a tensor several times and tests whether its values are what the initializer's formula says: mean, standard
/// deviation, the whole distribution and its tails, bounds, isometry; nothing in common between neighbours, units, keys
/// and seeds; the same values whenever and however they are asked for.
/// </summary>
/// <remarks>
/// For FanIn's initializers, for one's own (<see cref="Initializer.Custom"/>) and for other libraries' functions. A
/// tensor of a million elements shows a standard deviation that is 1% off; one of a hundred shows only gross faults, but
/// raises no more false alarms.
/// </remarks>
[SuppressMessage("ApiDesign", "RS0026", Justification = "The overloads differ in their first, required parameter.")]
public static class Conformance
{
    /// <summary>Checks an initializer on one tensor.</summary>
    /// <param name="initializer">FanIn's, or one's own.</param>
    /// <param name="tensor">What it fills, best with 2^20 elements or so.</param>
    /// <param name="options">Seed, keys, error rate, element type; the expected law of an initializer that states none.</param>
    /// <exception cref="ArgumentException">
    /// The tensor has no elements or more than an array holds, the rule needs a fan and the tensor has none, or an option
    /// is out of range.
    /// </exception>
    /// <exception cref="NotSupportedException">The initializer is data-driven.</exception>
    public static ConformanceReport Check(
        Initializer initializer,
        TensorDescription tensor,
        ConformanceOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(initializer);
        options = Checked(options, tensor);
        if (initializer.IsDataDriven)
        {
            throw new NotSupportedException(
                $"{initializer} is fitted to data that pass through a network, so a single tensor can't be checked; check what it starts from."
            );
        }
        return new ConformanceRun(
            new(initializer.ToString(), tensor, options.ElementType, initializer, null),
            options,
            options.Expected ?? initializer.Distribution(tensor),
            initializer.Structure(tensor),
            options.Isometry ?? initializer.PromisedIsometry(tensor)
        ).Report();
    }

    /// <summary>Checks a function that fills arrays of float32: another library's initializer.</summary>
    /// <param name="name">What the report calls it.</param>
    /// <param name="fill">Fills the whole tensor; see there how a library without keys is wrapped.</param>
    /// <param name="expected">The law that each element should follow.</param>
    /// <param name="tensor">What it fills, best with 2^20 elements or so.</param>
    /// <param name="options">Seed, keys, error rate.</param>
    /// <exception cref="ArgumentException">
    /// The tensor has no elements or more than an array holds, or an option is out of range.
    /// </exception>
    public static ConformanceReport Check(
        string name,
        ConformanceFill fill,
        ElementDistribution expected,
        TensorDescription tensor,
        ConformanceOptions? options = null
    )
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(fill);
        ArgumentNullException.ThrowIfNull(expected);
        options = Checked(options, tensor);
        if (options.ElementType != ElementType.Float32)
        {
            throw new ArgumentException(
                $"A function fills float32, but ElementType is {options.ElementType}; leave it out.",
                nameof(options)
            );
        }
        if (options.Expected is not null)
        {
            throw new ArgumentException(
                "The expected law of a function is an argument of its own; leave Expected out of the options.",
                nameof(options)
            );
        }
        return new ConformanceRun(
            new(name, tensor, ElementType.Float32, null, fill),
            options,
            expected,
            expected.StandardDeviation == 0 ? ElementStructure.Fixed : ElementStructure.Independent,
            options.Isometry
        ).Report();
    }

    private static ConformanceOptions Checked(ConformanceOptions? options, TensorDescription tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Count == 0 || tensor.Count > Array.MaxLength)
        {
            throw new ArgumentException(
                $"A tensor of shape [{string.Join(", ", tensor.Shape)}] has {tensor.Count} elements; a check needs 1 to {Array.MaxLength}, best about a million.",
                nameof(tensor)
            );
        }
        options ??= new();
        options.Check(nameof(options));
        return options;
    }
}
