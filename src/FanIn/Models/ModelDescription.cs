using System.Collections.Immutable;

namespace FanIn;

/// <summary>The parameters of a model, in its own order; shared ones once.</summary>
public sealed record ModelDescription
{
    /// <summary>Describes a model by its parameters.</summary>
    /// <exception cref="ArgumentException">Two parameters have one name.</exception>
    public ModelDescription(IEnumerable<ParameterDescription> parameters)
    {
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
        }
    }

    /// <summary>The parameters.</summary>
    public ImmutableArray<ParameterDescription> Parameters { get; }
}
