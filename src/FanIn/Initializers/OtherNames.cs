using System.Collections.Frozen;

namespace FanIn;

/// <summary>
/// What other frameworks call an initializer, and our spelling with the same numbers, their defaults included: an error
/// that says so helps more than a list of all names.
/// </summary>
internal static class OtherNames
{
    /// <summary>Names that one trailing underscore or suffix more or less doesn't explain.</summary>
    public static FrozenDictionary<string, string> Ours { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            // PyTorch
            ["kraehenbuehl"] = "krahenbuhl",
            ["krähenbühl"] = "krahenbuhl",
            ["kaiming_normal_"] = "he_normal",
            ["kaiming_uniform_"] = "he_uniform",
            ["trunc_normal_"] = "truncated_normal_absolute",
            ["trunc_normal"] = "truncated_normal_absolute",
            ["eye_"] = "identity",
            ["eye"] = "identity",
            // timm
            ["trunc_normal_tf_"] = "truncated_normal",
            ["trunc_normal_tf"] = "truncated_normal",
            ["lecun_normal_"] = "lecun_truncated_normal",
            // Keras and TensorFlow
            ["GlorotUniform"] = "xavier_uniform",
            ["GlorotNormal"] = "xavier_truncated_normal",
            ["HeUniform"] = "he_uniform",
            ["HeNormal"] = "he_truncated_normal",
            ["LecunUniform"] = "lecun_uniform",
            ["LecunNormal"] = "lecun_truncated_normal",
            ["VarianceScaling"] = "variance_scaling(distribution=truncated_normal)",
            ["TruncatedNormal"] = "truncated_normal(std=0.05)",
            ["RandomNormal"] = "normal(std=0.05)",
            ["random_normal"] = "normal(std=0.05)",
            ["RandomUniform"] = "uniform(a=-0.05,b=0.05)",
            ["random_uniform"] = "uniform(a=-0.05,b=0.05)",
            ["Zeros"] = "zeros",
            ["Ones"] = "ones",
            ["Constant"] = "constant",
            ["Identity"] = "identity",
            ["IdentityInitializer"] = "identity",
            ["Orthogonal"] = "orthogonal",
            ["OrthogonalInitializer"] = "orthogonal",
            ["uniform_unit_scaling_initializer"] = "uniform_scaling",
            ["uniform_unit_scaling"] = "uniform_scaling",
            ["glorot_uniform"] = "xavier_uniform",
            ["UniformScaling"] = "uniform_scaling",
            // MXNet, Deeplearning4j
            ["Xavier"] = "mxnet_xavier_uniform",
            ["MSRAPrelu"] = "msra_prelu",
            ["SIGMOID_UNIFORM"] = "sigmoid_uniform",
            ["LSTMBias"] = "forget_gate",
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The end of the sentence "here it is called", or null.</summary>
    public static string? CalledHere(string name)
    {
        switch (name)
        {
            // One name, two rules.
            case "glorot_normal" or "glorot_normal_":
                return "'xavier_truncated_normal' with the numbers of Keras and JAX, 'xavier_normal' with those of a plain normal";
            case "kaiming_normal":
                return "'he_normal' with PyTorch's numbers, 'he_truncated_normal' with JAX's";
        }
        if (Ours.TryGetValue(name, out string? ours))
        {
            return Known(ours);
        }
        string likely = name.Replace("kaiming", "he", StringComparison.OrdinalIgnoreCase)
            .Replace("glorot", "xavier", StringComparison.OrdinalIgnoreCase)
            .Replace("trunc_normal", "truncated_normal", StringComparison.OrdinalIgnoreCase)
            .TrimEnd('_');
        return Known(likely);

        static string? Known(string text) =>
            InitializerCatalogue.ByName.ContainsKey(text.Split('(')[0]) ? $"'{text}'" : null;
    }
}
