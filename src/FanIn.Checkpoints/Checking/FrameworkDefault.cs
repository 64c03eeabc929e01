namespace FanIn.Checkpoints;

/// <summary>What PyTorch's layers draw by themselves, where nobody applies a family's rule.</summary>
internal static class FrameworkDefault
{
    /// <summary>The default whose law a tensor's values have; null where none, or where the family's rule is that default.</summary>
    public static string? Of(TensorCheck tensor)
    {
        PlanRow row = tensor.Row!;
        string[] rules = row.Parameter.Role switch
        {
            ParameterRole.Weight => ["standard_uniform", "xavier_uniform"],
            ParameterRole.Embedding => ["normal(std=1)"],
            _ => [],
        };
        foreach (string text in rules)
        {
            var rule = Initializer.Parse(text);
            if (
                !Equals(rule, row.Parts[0].Initializer)
                && (!rule.NeedsFan || row.Parts[0].Tensor.Fan is not null)
                && rule.Distribution(row.Parts[0].Tensor) is { } law
                && TensorLaw.Fits(
                    tensor.Profile!.All,
                    new(law.Mean, law.StandardDeviation, 3 + law.ExcessKurtosis, true, false),
                    tensor.Tensor.Type,
                    TensorLaw.MostErrors
                )
            )
            {
                return text;
            }
        }
        return null;
    }
}
