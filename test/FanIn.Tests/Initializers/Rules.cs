namespace FanIn.Tests;

/// <summary>
/// The catalogue as texts, and what kinds of tensors each rule is for: found by trying, so that a new rule is in all tests
/// of all rules by its line in the catalogue alone.
/// </summary>
internal static class Rules
{
    private static readonly TensorDescription[] s_weights =
    [
        TensorDescription.Dense(3, 5),
        TensorDescription.Dense(5, 3),
        TensorDescription.Convolution(6, 4, [3, 2], 2),
        TensorDescription.Convolution(4, 6, [2, 2, 3], 2),
    ];

    /// <summary>Every name with what it must be given.</summary>
    public static string[] All { get; } = [.. Initializer.Names.Select(Example)];

    /// <summary>All that fill any weight, dense or convolutional, alone.</summary>
    public static string[] ForWeights { get; } =
    [.. All.Where(rule => Array.TrueForAll(s_weights, t => Fills(rule, t)))];

    /// <summary>Those of them whose every element is another with another seed.</summary>
    public static string[] Random { get; } =
    [
        .. ForWeights.Where(rule =>
            !Drawn(rule, s_weights[0], 1).Zip(Drawn(rule, s_weights[0], 2)).Any(e => e.First == e.Second)
        ),
    ];

    /// <summary>Rules whose scale doesn't hang on a fan.</summary>
    public static string[] OfOwnScale { get; } = [.. All.Where(rule => Fills(rule, TensorDescription.Plain(5)))];

    /// <summary>Rules that a tensor without a fan is an error for.</summary>
    public static string[] OfTheFan { get; } = [.. All.Where(rule => Initializer.Parse(rule).NeedsFan)];

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

    /// <summary>The first of some tensors of all kinds that a rule fills; null where it takes data.</summary>
    public static TensorDescription? TensorFor(string rule) =>
        (
            (TensorDescription[])
                [
                    TensorDescription.Dense(4, 6),
                    TensorDescription.Dense(6, 6),
                    TensorDescription.Convolution(8, 4, [3, 2]),
                    TensorDescription.Plain(24),
                    TensorDescription.Plain(2),
                    TensorDescription.Embedding(7, 5),
                ]
        ).FirstOrDefault(tensor => Fills(rule, tensor));

    public static bool Fills(string rule, TensorDescription tensor)
    {
        try
        {
            Drawn(rule, tensor, 0);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    private static float[] Drawn(string rule, TensorDescription tensor, Seed seed)
    {
        float[] values = new float[tensor.Count];
        // A key of a block, since halves of a joint draw hang on what stands before it.
        Initializer.Parse(rule).Fill(values, tensor, seed, "k#q");
        return values;
    }
}
