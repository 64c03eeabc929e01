using System.Collections.Immutable;

namespace FanIn;

public sealed partial record Activation
{
    /// <summary>
    /// An activation of one's own, for its gains and wherever FanIn takes one.
    /// </summary>
    /// <param name="name">
    /// What tables tell it by: a name of its own, that <see cref="Parse(string)"/> doesn't know, of letters, digits and
    /// the signs <c>_ - .</c>.
    /// </param>
    /// <param name="function">f. It must be a pure function, finite for every finite x.</param>
    /// <param name="derivative">
    /// f'. Without it expectations of f' are taken from polynomials through values of f, which finds corners and jumps by
    /// itself and loses about two digits.
    /// </param>
    /// <param name="kinks">
    /// Points where f or f' isn't smooth. They needn't be stated, unless f has features narrower than 0.03.
    /// </param>
    /// <exception cref="ArgumentException">The name is taken, or has other characters; a kink isn't finite.</exception>
    /// <example><code>
    /// Activation mine = Activation.Custom("snake", x => x + (Math.Sin(x) * Math.Sin(x)));
    /// double gain = GaussianExpectation.Of(mine).ForwardGain;
    /// </code></example>
    public static Activation Custom(
        string name,
        Func<double, double> function,
        Func<double, double>? derivative = null,
        params ReadOnlySpan<double> kinks
    )
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(function);
        if (!name.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.'))
        {
            throw new ArgumentException(
                $"The name {Spelling.Quote(name)} has other characters than letters, digits, '_', '-' and '.'.",
                nameof(name)
            );
        }
        if (ActivationCatalogue.ByName.ContainsKey(name))
        {
            throw new ArgumentException(
                $"'{name}' is an activation of FanIn's; give yours another name.",
                nameof(name)
            );
        }
        foreach (double kink in kinks)
        {
            if (!double.IsFinite(kink))
            {
                throw RandomArguments.OutOfRange(nameof(kinks), $"A kink is at {kink}; kinks must be finite.");
            }
        }
        ImmutableArray<double> sorted = [.. kinks.ToArray().Distinct().Order()];
        return new(name, new ActivationFunction(function, derivative, sorted));
    }
}
