namespace FanIn.Tests;

/// <summary>The catalogue as texts: every name with what it must be given, and what kinds of tensors each is for.</summary>
internal static class Rules
{
    /// <summary>Rules for biases of one known length or packing, not for any tensor.</summary>
    private static readonly string[] s_ofVectors = ["class_prior", "log_odds", "forget_gate", "chrono"];

    /// <summary>Rules whose scale doesn't hang on a fan.</summary>
    private static readonly string[] s_ofOwnScale =
    [
        "zeros",
        "ones",
        "constant",
        "uniform",
        "normal",
        "truncated_normal",
        "truncated_normal_absolute",
        "gpt2_residual",
        "megatron_scaled",
        "small_init",
        "wang_init",
        "t_fixup_embedding",
        "focal",
    ];

    /// <summary>Rules that fill no tensor alone.</summary>
    private static readonly string[] s_fitted = ["lsuv", "krahenbuhl", "weight_norm", "metainit", "gradinit"];

    private static readonly string[] s_constant = ["zeros", "ones", "constant", "focal"];

    /// <summary>All that fill a weight alone.</summary>
    public static string[] ForWeights => [.. Initializer.Names.Except(s_ofVectors).Except(s_fitted).Select(Example)];

    /// <summary>Those of them that draw.</summary>
    public static string[] Random =>
        [.. Initializer.Names.Except(s_ofVectors).Except(s_constant).Except(s_fitted).Select(Example)];

    public static string[] OfOwnScale => [.. s_ofOwnScale.Select(Example)];

    public static string[] OfTheFan =>
        [
            .. Initializer
                .Names.Except(s_ofOwnScale)
                .Except(s_ofVectors)
                .Except(["krahenbuhl", "weight_norm"])
                .Select(Example),
        ];

    /// <summary>The canonical text with every required argument.</summary>
    public static string Example(string name)
    {
        string[] arguments =
        [
            .. InitializerCatalogue
                .ByName[name]
                .Parameters.Where(p => p.Required)
                .Select(p =>
                    p.IsList ? "0.75,0.25"
                    : p.Positional ? "0.5"
                    : $"{p.Name}={(p.Whole ? "4" : "0.5")}"
                ),
        ];
        return arguments.Length == 0 ? name : $"{name}({string.Join(",", arguments)})";
    }
}
