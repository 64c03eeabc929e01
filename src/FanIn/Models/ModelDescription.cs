using System.Collections.Immutable;

namespace FanIn;

/// <summary>The parameters of a model, in its own order; shared ones once.</summary>
public sealed record ModelDescription
{
    /// <summary>Describes a model by its parameters.</summary>
    /// <exception cref="ArgumentException">
    /// Two parameters have one name, or one's blocks or padding row don't fit it.
    /// </exception>
    public ModelDescription(IEnumerable<ParameterDescription> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Parameters = [.. parameters];
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (ParameterDescription parameter in Parameters)
        {
            if (!names.Add(parameter.Name))
            {
                throw new ArgumentException(
                    $"Two parameters are called '{parameter.Name}'; names must be unique.",
                    nameof(parameters)
                );
            }
            if (parameter.Fault is { } fault)
            {
                throw new ArgumentException(fault, nameof(parameters));
            }
        }
    }

    /// <summary>The parameters.</summary>
    public ImmutableArray<ParameterDescription> Parameters { get; }

    /// <summary>True when both have equal parameters in the same order.</summary>
    public bool Equals(ModelDescription? other) => other is not null && Parameters.SequenceEqual(other.Parameters);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        Parameters.Aggregate(Parameters.Length, (hash, parameter) => HashCode.Combine(hash, parameter));
}
