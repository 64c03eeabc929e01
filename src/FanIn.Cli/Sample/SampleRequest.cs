using System.Collections.Immutable;

namespace FanIn.Cli.Sample;

/// <summary>The options of <c>sample</c> as they were typed; null where they weren't.</summary>
internal sealed record SampleOptions(
    string? Init = null,
    string? Shape = null,
    string? Layout = null,
    string? Groups = null,
    string? Stride = null,
    string? Seed = null,
    string? Name = null,
    string? DType = null,
    string? Rng = null,
    string? Out = null,
    string? Json = null
);

/// <summary>A tensor to be drawn: everything read and checked before anything is drawn or written.</summary>
internal sealed record SampleRequest
{
    public const string DefaultKey = "weight";

    public required Initializer Initializer { get; init; }
    public required TensorDescription Tensor { get; init; }
    public required ImmutableArray<long> Stride { get; init; }

    /// <summary>The law that each element follows; null where the rule states none.</summary>
    public required ElementDistribution? Expected { get; init; }

    /// <summary>The standard deviation of the formula, which may be known without a law.</summary>
    public required double? ExpectedStd { get; init; }

    /// <summary>Whether the elements are draws of their own, and how often each draw is found.</summary>
    public required ElementStructure Structure { get; init; }

    /// <summary>What the weight is by its rule, beyond its elements' law.</summary>
    public required Isometry? Isometry { get; init; }
    public required ElementType ElementType { get; init; }
    public required Seed Seed { get; init; }

    public required string Key { get; init; }
    public required string Rng { get; init; }

    /// <summary>The generator that draws in place of the key's stream, if one does.</summary>
    public required FrameworkRandom? Framework { get; init; }
    public required string? Out { get; init; }
    public required string? Json { get; init; }

    /// <exception cref="UsageException">An option's value is wrong; the message names the option.</exception>
    /// <exception cref="SpellingException">An unknown initializer, layout or element type.</exception>
    public static SampleRequest Read(SampleOptions typed)
    {
        if (typed.Init is null)
        {
            throw new UsageException("sample needs an initializer: fanin sample he_normal --shape 256,784");
        }
        var initializer = Initializer.Parse(typed.Init);
        if (typed.Shape is null)
        {
            throw new UsageException($"sample needs the tensor's sizes: fanin sample {initializer} --shape 256,784");
        }
        (TensorDescription tensor, ImmutableArray<long> stride) = ReadTensor(typed);
        string rng = typed.Rng ?? Generators.Own;
        Seed seed = OptionValue.Seed("--seed", typed.Seed) ?? 0;
        FrameworkRandom? framework = Generators.Find(rng, seed);
        if (framework is not null && typed.Name is not null)
        {
            throw new UsageException(
                $"--name is a key, which only FanIn's own random numbers have: leave out --name or --rng {rng}"
            );
        }
        if (rng == "numpy" && typed.Seed?.StartsWith('-') == true && seed != 0)
        {
            throw new UsageException($"--rng numpy: seed is {typed.Seed}; NumPy's default_rng takes 0 or more");
        }
        // What the shell hands over that is no UTF-8 arrives as this character, and different names as one.
        if (typed.Name?.Contains('\uFFFD', StringComparison.Ordinal) == true)
        {
            throw new UsageException("--name is no valid UTF-8 text: give the parameter's name, such as fc1.weight");
        }
        if (typed.Json is not null && typed.Json != "-" && typed.Out is not null && SamePath(typed.Json, typed.Out))
        {
            throw new UsageException($"--out and --json both name '{typed.Out}'; give them different names");
        }
        Check(initializer, tensor);
        return new()
        {
            Initializer = initializer,
            Tensor = tensor,
            Stride = stride,
            Expected = Asked(() => initializer.Distribution(tensor)),
            ExpectedStd = Asked(() => initializer.StandardDeviation(tensor)),
            Structure = Asked(() => initializer.Structure(tensor)),
            Isometry = Asked(() => initializer.PromisedIsometry(tensor)),
            ElementType = typed.DType is null
                ? ElementType.Float32
                : Spelling.Read<ElementType>("element type", typed.DType),
            Seed = seed,
            Key = typed.Name ?? DefaultKey,
            Rng = rng,
            Framework = framework,
            Out = ReadOut(typed.Out),
            Json = typed.Json,
        };
    }

    private static (TensorDescription Tensor, ImmutableArray<long> Stride) ReadTensor(SampleOptions typed)
    {
        ImmutableArray<long> shape = ShapeText.Parse("--shape", typed.Shape!, least: 0);
        ImmutableArray<long> stride = typed.Stride is null ? [] : ShapeText.Parse("--stride", typed.Stride, least: 1);
        WeightLayout layout =
            typed.Layout is not null ? Spelling.Read<WeightLayout>("layout", typed.Layout)
            : shape.Length >= 2 ? WeightLayout.Torch
            : WeightLayout.None;
        int groups = OptionValue.Count("--groups", typed.Groups, 1, int.MaxValue);
        try
        {
            return (TensorDescription.FromShape([.. shape], layout, groups, [.. stride]), stride);
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--shape {typed.Shape}: {Sentence(e)}");
        }
    }

    /// <summary>Another extension promises a format that isn't written; a file without one promises nothing.</summary>
    private static string? ReadOut(string? path)
    {
        if (path == "-")
        {
            throw new UsageException(
                "--out needs the name of a file, such as values.npy; standard output has the table"
            );
        }
        string extension = Path.GetExtension(path) ?? "";
        return extension.Length == 0 || extension.Equals(".npy", StringComparison.OrdinalIgnoreCase)
            ? path
            : throw new UsageException(
                $"--out '{path}' must end in .npy, the one format that values are written in, such as '{path}.npy'"
            );
    }

    private static void Check(Initializer initializer, TensorDescription tensor)
    {
        if (initializer.IsDataDriven)
        {
            throw new UsageException(
                $"{initializer} is fitted to the data that pass through a network, so it can't be drawn for one tensor; "
                    + "fanin compare shows what it does"
            );
        }
        if (initializer.NeedsFan && tensor.Fan is null)
        {
            throw new UsageException(
                $"{initializer} scales with the connections of a unit, and a tensor of shape [{string.Join(", ", tensor.Shape)}] without a layout has none: "
                    + "give --shape two or more sizes with --layout torch, keras or embedding, or choose an initializer "
                    + "with a scale of its own, such as normal(std=0.02)"
            );
        }
    }

    /// <summary>What an initializer says of the tensor, or the sentence that says why it isn't for it.</summary>
    private static T Asked<T>(Func<T> question)
    {
        try
        {
            return question();
        }
        catch (ArgumentException e)
        {
            throw new UsageException(Sentence(e));
        }
    }

    /// <summary>An exception's sentence without the parameter's name and the full stop.</summary>
    public static string Sentence(ArgumentException e) =>
        e.Message.Split(" (Parameter")[0].ReplaceLineEndings(" ").TrimEnd('.');

    private static bool SamePath(string a, string b) =>
        a.Length > 0 && b.Length > 0 && Path.GetFullPath(a) == Path.GetFullPath(b);
}
