using System.Collections.Immutable;

namespace FanIn.Checkpoints;

/// <summary>
/// A line of a family's table: a tensor, several that belong together, or what each of several layers has. Lines stand in
/// the order of PyTorch's <c>state_dict</c>, which shards are cut from: a module's own parameters, then its modules in the
/// order of their registration.
/// </summary>
internal abstract record Row
{
    /// <summary>How many tensors it makes.</summary>
    public abstract Int128 Count { get; }

    /// <summary>Adds its tensors.</summary>
    /// <param name="prefix">The path of the module that has them; empty, or with a dot at its end.</param>
    /// <param name="state">What they are added to.</param>
    public abstract void Expand(string prefix, List<StateTensor> state);

    /// <summary>Lines of a module by this path; by none, they are its parent's.</summary>
    public static Row Within(string path, params ImmutableArray<Row> rows) => new Group(path, rows);

    /// <summary>Lines that are there where a config says so.</summary>
    public static Row If(bool condition, params ImmutableArray<Row> rows) => new Group("", condition ? rows : []);

    /// <summary>Lines for each of several layers.</summary>
    /// <param name="path">A path with <c>{i}</c> where the layer's number goes: <c>layers.{i}</c>.</param>
    /// <param name="count">The number of layers.</param>
    /// <param name="rows">What each layer has.</param>
    public static Row Layers(string path, long count, params ImmutableArray<Row> rows) =>
        new Repetition(path, 0, count, rows);

    /// <summary>As <see cref="Layers"/>, where earlier layers differ.</summary>
    public static Row LayersFrom(string path, long first, long count, params ImmutableArray<Row> rows) =>
        new Repetition(path, first, count, rows);

    /// <summary>y = W x + b, stored as [out, in].</summary>
    public static Row Linear(string name, long outputs, long inputs, bool bias = true) =>
        Weighted(name, "Linear", TensorDescription.Dense(outputs, inputs), bias ? outputs : null);

    /// <summary>A convolution's weight [out, in / groups, taps ...] and its bias.</summary>
    public static Row Convolution(
        string name,
        long outputs,
        long inputs,
        ReadOnlySpan<long> taps,
        long groups = 1,
        bool bias = true
    ) =>
        Weighted(
            name,
            $"Conv{taps.Length}d",
            TensorDescription.Convolution(outputs, inputs, taps, groups),
            bias ? outputs : null
        );

    /// <summary>GPT-2's dense layer, stored as [in, out].</summary>
    public static Row Conv1D(string name, long outputs, long inputs) =>
        Weighted(name, "Conv1D", TensorDescription.Dense(outputs, inputs, WeightLayout.Keras), outputs);

    /// <summary>GPT-2's dense layer whose outputs are several tensors' side by side: [in, blocks x out].</summary>
    public static Row PackedConv1D(string name, ImmutableArray<string> blocks, long outputs, long inputs)
    {
        TensorDescription block = TensorDescription.Dense(outputs, inputs, WeightLayout.Keras);
        return Within(
            name,
            Of(ParameterDescription.Packed("weight", blocks, block, ParameterRole.Weight, axis: 1), "Conv1D"),
            Of(
                ParameterDescription.Packed("bias", blocks, TensorDescription.Plain(outputs), ParameterRole.Bias),
                "Conv1D"
            )
        );
    }

    /// <summary>A matrix [in, out] that stands by itself.</summary>
    public static Row Matrix(string name, long inputs, long outputs) =>
        new Single(
            new ParameterDescription(
                name,
                TensorDescription.Dense(outputs, inputs, WeightLayout.Keras),
                ParameterRole.Weight
            )
        );

    /// <summary>A table of vectors.</summary>
    /// <param name="name">The module's path.</param>
    /// <param name="rows">Vectors.</param>
    /// <param name="width">Their length.</param>
    /// <param name="padding">The row that stands for padding, or null.</param>
    /// <param name="tied">Full names under which other modules have the same table.</param>
    public static Row Embedding(
        string name,
        long rows,
        long width,
        long? padding = null,
        params ImmutableArray<string> tied
    ) =>
        new Single(
            new ParameterDescription(
                $"{name}.weight",
                TensorDescription.Embedding(rows, width),
                ParameterRole.Embedding
            )
            {
                LayerKind = "Embedding",
                PaddingRow = padding,
                Aliases = tied,
            }
        );

    /// <summary>A normalization with scale and shift.</summary>
    public static Row LayerNorm(string name, long width) =>
        Within(
            name,
            Of(new("weight", TensorDescription.Plain(width), ParameterRole.NormScale), "LayerNorm"),
            Of(new("bias", TensorDescription.Plain(width), ParameterRole.NormShift), "LayerNorm")
        );

    /// <summary>A normalization that multiplies by w.</summary>
    public static Row RmsNorm(string name, long width) =>
        Of(new($"{name}.weight", TensorDescription.Plain(width), ParameterRole.NormScale), "RMSNorm");

    /// <summary>
    /// A normalization that multiplies by 1 + w: its parameter is a shift away from 1, and so 0 in every recipe that has
    /// a fresh normalization pass its input on.
    /// </summary>
    public static Row OffsetRmsNorm(string name, long width) =>
        Of(new($"{name}.weight", TensorDescription.Plain(width), ParameterRole.NormShift), "RMSNorm");

    /// <summary>A batch normalization: scale, shift, and what it counts while it trains.</summary>
    public static Row BatchNorm(string name, long width) =>
        Within(
            name,
            Of(new("weight", TensorDescription.Plain(width), ParameterRole.NormScale), "BatchNorm2d"),
            Of(new("bias", TensorDescription.Plain(width), ParameterRole.NormShift), "BatchNorm2d"),
            new Single(new CheckpointBuffer("running_mean", SafetensorsType.F32, [width], 0)),
            new Single(new CheckpointBuffer("running_var", SafetensorsType.F32, [width], 1)),
            new Single(new CheckpointBuffer("num_batches_tracked", SafetensorsType.I64, [], 0))
        );

    /// <summary>A bias that stands by itself.</summary>
    public static Row Bias(string name, long width, params ImmutableArray<string> tied) =>
        new Single(
            new ParameterDescription(name, TensorDescription.Plain(width), ParameterRole.Bias) { Aliases = tied }
        );

    /// <summary>A tensor that is no layer's: the family's recipe names it.</summary>
    public static Row Free(string name, params ReadOnlySpan<long> shape) =>
        new Single(new ParameterDescription(name, TensorDescription.Plain(shape), ParameterRole.Other));

    /// <summary>A table of positions that the model doesn't train.</summary>
    public static Row FixedPositions(string name, long rows, long width) =>
        new Single(
            new ParameterDescription(
                $"{name}.weight",
                TensorDescription.Embedding(rows, width),
                ParameterRole.Embedding
            )
            {
                LayerKind = "Embedding",
                IsTrainable = false,
            }
        );

    private static Row Weighted(string name, string kind, TensorDescription weight, long? bias) =>
        Within(
            name,
            [
                Of(new("weight", weight, ParameterRole.Weight), kind),
                .. bias is { } width
                    ? (Row[])[Of(new("bias", TensorDescription.Plain(width), ParameterRole.Bias), kind)]
                    : [],
            ]
        );

    private static Single Of(ParameterDescription parameter, string kind) => new(parameter with { LayerKind = kind });

    private sealed record Single(StateTensor Tensor) : Row
    {
        public Single(ParameterDescription parameter)
            : this(new StateTensor(parameter, null)) { }

        public Single(CheckpointBuffer buffer)
            : this(new StateTensor(null, buffer)) { }

        public override Int128 Count => 1;

        public override void Expand(string prefix, List<StateTensor> state) => state.Add(Tensor.Within(prefix));
    }

    private sealed record Group(string Path, ImmutableArray<Row> Rows) : Row
    {
        public override Int128 Count => Sum(Rows);

        public override void Expand(string prefix, List<StateTensor> state) =>
            ExpandAll(Rows, Path.Length == 0 ? prefix : $"{prefix}{Path}.", state);
    }

    private sealed record Repetition(string Path, long First, long Times, ImmutableArray<Row> Rows) : Row
    {
        public override Int128 Count => Times * Sum(Rows);

        public override void Expand(string prefix, List<StateTensor> state)
        {
            for (long i = First; i < First + Times; i++)
            {
                ExpandAll(Rows, $"{prefix}{Path.Replace("{i}", $"{i}", StringComparison.Ordinal)}.", state);
            }
        }
    }

    private static Int128 Sum(ImmutableArray<Row> rows)
    {
        Int128 sum = 0;
        foreach (Row row in rows)
        {
            sum += row.Count;
        }
        return sum;
    }

    private static void ExpandAll(ImmutableArray<Row> rows, string prefix, List<StateTensor> state)
    {
        foreach (Row row in rows)
        {
            row.Expand(prefix, state);
        }
    }
}
