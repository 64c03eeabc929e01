namespace FanIn;

/// <summary>One entry of the catalogue: all that FanIn knows of an activation but its parameter's value.</summary>
/// <param name="Name">As it is spelled.</param>
/// <param name="Formula">f(x) in plain text, for a gated one f(a, b).</param>
/// <param name="Function">f with its parameter, which is 0 where there is none.</param>
internal sealed record ActivationDefinition(string Name, string Formula, Func<double, ActivationFunction> Function)
{
    /// <summary>Where it comes from.</summary>
    public required string Source { get; init; }

    /// <summary>What it is used for, or what to know of it.</summary>
    public required string Use { get; init; }

    /// <summary>The slope, scale or threshold, if it has one.</summary>
    public FormParameter? Parameter { get; init; }

    /// <summary>What torch.nn.init.calculate_gain has for it, given the parameter; null where that has nothing.</summary>
    public Func<double, double>? TorchGain { get; init; }

    /// <summary>True for g(a, b) = f(a) b, where <see cref="Function"/> is f.</summary>
    public bool IsGated { get; init; }

    public Form<Activation> Form() =>
        new(
            Name,
            Parameter is null ? [] : [Parameter.Shown()],
            (form, v) => new(this, Parameter is null ? null : v[0], form.Print(v))
        );
}
