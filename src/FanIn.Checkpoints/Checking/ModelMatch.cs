namespace FanIn.Checkpoints;

/// <summary>
/// Which tensor of a checkpoint is which parameter or buffer of a model. Names may lack the module's path at their beginning or
/// have one more (<c>h.0.attn.c_attn.weight</c> of older GPT-2 files), a wrapper's prefix (<c>module.</c>), and TensorFlow's
/// gamma and beta.
/// </summary>
internal sealed class ModelMatch
{
    private readonly Dictionary<string, string> _modelName = new(StringComparer.Ordinal);

    public ModelMatch(CheckpointModel model, IReadOnlyCollection<SafetensorsTensor> tensors)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (SafetensorsTensor tensor in model.Tensors)
        {
            known.Add(tensor.Name);
        }
        foreach (ParameterDescription parameter in model.Description.Parameters)
        {
            known.UnionWith(parameter.Aliases);
        }
        Func<string, string> best = Prefixes(known)
            .MaxBy(rename => tensors.Count(tensor => known.Contains(rename(Plain(tensor.Name)))))!;
        var taken = new HashSet<string>(StringComparer.Ordinal);
        // Of two that mean the same the one that is called so.
        foreach (SafetensorsTensor tensor in tensors.OrderByDescending(tensor => known.Contains(tensor.Name)))
        {
            string plain = Plain(tensor.Name);
            string name = known.Contains(plain) ? plain : best(plain);
            if (known.Contains(name) && taken.Add(name))
            {
                _modelName[tensor.Name] = name;
            }
        }
    }

    /// <summary>The model's name of a tensor, its own or an alias; null where it has none.</summary>
    public string? NameOf(SafetensorsTensor tensor) => _modelName.GetValueOrDefault(tensor.Name);

    private static string Plain(string name)
    {
        string plain = ParameterNames.KeyOf(name);
        return plain.EndsWith(".gamma", StringComparison.Ordinal) ? $"{plain[..^"gamma".Length]}weight"
            : plain.EndsWith(".beta", StringComparison.Ordinal) ? $"{plain[..^"beta".Length]}bias"
            : plain;
    }

    /// <summary>As it is, first of all; without each name's first part; behind each first part that the model knows.</summary>
    private static IEnumerable<Func<string, string>> Prefixes(HashSet<string> known)
    {
        yield return name => name;
        yield return name => name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..];
        foreach (string first in known.Select(name => name.Split('.')[0]).Distinct(StringComparer.Ordinal))
        {
            yield return name => $"{first}.{name}";
        }
    }
}
