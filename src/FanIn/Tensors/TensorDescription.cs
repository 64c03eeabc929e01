using System.Collections.Immutable;

namespace FanIn;

/// <summary>
/// What a weight tensor is to its layer: its stored shape, and where in it inputs, outputs, groups and kernel taps
/// lie. From this follow its <see cref="Fan"/> and the canonical order [out, in / groups, taps ...] that its random
/// values are drawn in, so that one layer has the same weights in every framework's layout.
/// </summary>
public sealed record TensorDescription
{
    private TensorDescription(
        ImmutableArray<long> shape,
        WeightLayout layout,
        long outputs,
        long inputs,
        ImmutableArray<long> taps,
        long groups,
        ImmutableArray<long> stride
    )
    {
        Shape = shape;
        Layout = layout;
        Outputs = outputs;
        Inputs = inputs;
        Taps = taps;
        Groups = groups;
        Stride = stride;
        Count = Product(shape, "elements");
        Fan = layout == WeightLayout.None ? null : ComputeFan();
    }

    /// <summary>The shape as stored.</summary>
    public ImmutableArray<long> Shape { get; }

    /// <summary>The order of the stored axes.</summary>
    public WeightLayout Layout { get; }

    /// <summary>Output units or channels, over all groups.</summary>
    public long Outputs { get; }

    /// <summary>Input units or channels, over all groups.</summary>
    public long Inputs { get; }

    /// <summary>The kernel's size in each dimension; empty for a dense layer.</summary>
    public ImmutableArray<long> Taps { get; }

    /// <summary>Groups of a grouped convolution: each output sees inputs / groups channels.</summary>
    public long Groups { get; }

    /// <summary>The strides of a transposed convolution, one a kernel dimension; empty where they are 1 or don't count.</summary>
    public ImmutableArray<long> Stride { get; }

    /// <summary>The number of elements.</summary>
    public long Count { get; }

    /// <summary>The connections of one unit, or null where the layout says that there are none.</summary>
    public Fan? Fan { get; }

    /// <summary>The kernel's positions, all dimensions together; 1 for a dense layer.</summary>
    internal long TapCount => Product(Taps, "taps");

    /// <summary>The weight of a dense layer: y = W x with <paramref name="outputs"/> x <paramref name="inputs"/> connections.</summary>
    public static TensorDescription Dense(long outputs, long inputs, WeightLayout layout = WeightLayout.Torch) =>
        Convolution(outputs, inputs, [], 1, layout);

    /// <summary>
    /// The weight of a convolution with a kernel of <paramref name="taps"/> (one number a dimension).
    /// Fan-in is inputs / groups x taps, fan-out is outputs / groups x taps.
    /// </summary>
    /// <exception cref="ArgumentException">A size is negative, or the groups don't divide inputs and outputs.</exception>
    public static TensorDescription Convolution(
        long outputs,
        long inputs,
        ReadOnlySpan<long> taps,
        long groups = 1,
        WeightLayout layout = WeightLayout.Torch
    )
    {
        CheckSizes(outputs, inputs, taps, groups);
        ImmutableArray<long> kernel = [.. taps];
        ImmutableArray<long> shape = layout switch
        {
            WeightLayout.Torch => [outputs, inputs / groups, .. kernel],
            WeightLayout.Keras => [.. kernel, inputs / groups, outputs],
            WeightLayout.Mlx => [outputs, .. kernel, inputs / groups],
            WeightLayout.KerasDepthwise when groups == inputs && groups > 0 => [.. kernel, inputs, outputs / inputs],
            WeightLayout.KerasDepthwise => throw new ArgumentException(
                $"A depthwise convolution has as many groups as inputs: {inputs}, not {groups}.",
                nameof(groups)
            ),
            _ => throw new ArgumentException(
                $"A dense or convolution weight is stored in layout Torch, Keras, KerasDepthwise or Mlx, not {layout}.",
                nameof(layout)
            ),
        };
        return new(shape, layout, outputs, inputs, kernel, groups, []);
    }

    /// <summary>
    /// The weight of a transposed convolution. With stride s in each of d dimensions a unit of the output is reached by
    /// inputs / groups x taps / s^d connections on average; an input reaches outputs / groups x taps.
    /// </summary>
    /// <param name="outputs">Output channels, over all groups.</param>
    /// <param name="inputs">Input channels, over all groups.</param>
    /// <param name="taps">The kernel's size in each dimension.</param>
    /// <param name="stride">One number a dimension, or none for 1 everywhere.</param>
    /// <param name="groups">Each output sees inputs / groups channels.</param>
    /// <param name="layout">TorchTransposed, KerasTransposed or Mlx.</param>
    /// <exception cref="ArgumentException">
    /// A size is negative, the groups don't divide inputs and outputs, or the strides aren't one a dimension.
    /// </exception>
    public static TensorDescription TransposedConvolution(
        long outputs,
        long inputs,
        ReadOnlySpan<long> taps,
        ReadOnlySpan<long> stride = default,
        long groups = 1,
        WeightLayout layout = WeightLayout.TorchTransposed
    )
    {
        CheckSizes(outputs, inputs, taps, groups);
        foreach (long s in stride)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(s, 1, nameof(stride));
        }
        if (!stride.IsEmpty && stride.Length != taps.Length)
        {
            throw new ArgumentException(
                $"A kernel of {taps.Length} dimensions needs {taps.Length} strides, not {stride.Length}.",
                nameof(stride)
            );
        }
        Product([.. stride], "positions");
        ImmutableArray<long> kernel = [.. taps];
        ImmutableArray<long> shape = layout switch
        {
            WeightLayout.TorchTransposed => [inputs, outputs / groups, .. kernel],
            WeightLayout.KerasTransposed when groups == 1 => [.. kernel, outputs, inputs],
            WeightLayout.KerasTransposed => throw new ArgumentException(
                "Keras has no grouped transposed convolution.",
                nameof(groups)
            ),
            WeightLayout.Mlx => [outputs, .. kernel, inputs / groups],
            _ => throw new ArgumentException(
                $"A transposed convolution is stored in layout TorchTransposed, KerasTransposed or Mlx, not {layout}.",
                nameof(layout)
            ),
        };
        return new(shape, layout, outputs, inputs, kernel, groups, stride.ContainsAnyExcept(1) ? [.. stride] : []);
    }

    /// <summary>A table of <paramref name="rows"/> vectors of length <paramref name="width"/>: fan-in 1, fan-out width.</summary>
    public static TensorDescription Embedding(long rows, long width)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(width);
        return new([rows, width], WeightLayout.Embedding, width, rows, [], 1, []);
    }

    /// <summary>A tensor without inputs and outputs, filled in its own row-major order: a bias, a scale.</summary>
    public static TensorDescription Plain(params ReadOnlySpan<long> shape)
    {
        foreach (long size in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(shape));
        }
        return new([.. shape], WeightLayout.None, 0, 0, [], 1, []);
    }

    /// <summary>The tensor of a stored shape, read as its layout says: <c>[256, 784]</c>, torch.</summary>
    /// <param name="shape">The sizes as stored.</param>
    /// <param name="layout">What each axis is; None where the tensor has no inputs and outputs.</param>
    /// <param name="groups">Groups of a convolution; 1 otherwise, also in layout KerasDepthwise, which has them by itself.</param>
    /// <param name="stride">
    /// Of a transposed convolution: one number a tap dimension, or none for 1 everywhere. In layout Mlx it says that the
    /// convolution is transposed.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A size is negative, the layout has other axes than the shape, the groups don't divide the channels, or there are
    /// strides or groups where the layout has none.
    /// </exception>
    public static TensorDescription FromShape(
        ReadOnlySpan<long> shape,
        WeightLayout layout,
        long groups = 1,
        ReadOnlySpan<long> stride = default
    )
    {
        bool isTransposed = layout is WeightLayout.TorchTransposed or WeightLayout.KerasTransposed;
        bool isConvolution =
            isTransposed
            || layout is WeightLayout.Torch or WeightLayout.Keras or WeightLayout.KerasDepthwise or WeightLayout.Mlx;
        if (isConvolution ? shape.Length < 2 : layout == WeightLayout.Embedding && shape.Length != 2)
        {
            throw new ArgumentException(
                $"A tensor of layout {Spelling.Word(layout)} has {(isConvolution ? "at least " : "")}2 axes, but [{string.Join(", ", shape.ToArray())}] has {shape.Length}.",
                nameof(shape)
            );
        }
        if (groups != 1 && (!isConvolution || (layout == WeightLayout.KerasDepthwise && groups != shape[^2])))
        {
            throw new ArgumentException(
                $"A tensor of layout {Spelling.Word(layout)} has no groups{(isConvolution ? " but one for each input" : "")}.",
                nameof(groups)
            );
        }
        if (!stride.IsEmpty && !isTransposed && layout != WeightLayout.Mlx)
        {
            throw new ArgumentException(
                $"A stride counts in the fan of a transposed convolution, not in layout {Spelling.Word(layout)}.",
                nameof(stride)
            );
        }
        foreach (long size in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(shape));
        }
        return layout switch
        {
            WeightLayout.Torch => Convolution(shape[0], AllGroups(shape[1], groups), shape[2..], groups),
            WeightLayout.Keras => Convolution(shape[^1], AllGroups(shape[^2], groups), shape[..^2], groups, layout),
            WeightLayout.TorchTransposed => TransposedConvolution(
                AllGroups(shape[1], groups),
                shape[0],
                shape[2..],
                stride,
                groups
            ),
            WeightLayout.KerasTransposed => TransposedConvolution(
                shape[^2],
                shape[^1],
                shape[..^2],
                stride,
                groups,
                layout
            ),
            WeightLayout.KerasDepthwise => Depthwise(shape[^2], shape[^1], shape[..^2]),
            WeightLayout.Mlx when stride.IsEmpty => Convolution(
                shape[0],
                AllGroups(shape[^1], groups),
                shape[1..^1],
                groups,
                layout
            ),
            WeightLayout.Mlx => TransposedConvolution(
                shape[0],
                AllGroups(shape[^1], groups),
                shape[1..^1],
                stride,
                groups,
                layout
            ),
            WeightLayout.Embedding => Embedding(shape[0], shape[1]),
            WeightLayout.None => Plain(shape),
            _ => throw new ArgumentOutOfRangeException(nameof(layout), layout, "There is no such layout."),
        };
    }

    /// <summary>
    /// The weight of a depthwise convolution, in which each of the <paramref name="inputs"/> has
    /// <paramref name="multiplier"/> outputs that see it alone: fan-in is taps, fan-out is multiplier x taps.
    /// </summary>
    /// <exception cref="ArgumentException">A size is negative.</exception>
    public static TensorDescription Depthwise(
        long inputs,
        long multiplier,
        ReadOnlySpan<long> taps,
        WeightLayout layout = WeightLayout.KerasDepthwise
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(inputs);
        ArgumentOutOfRangeException.ThrowIfNegative(multiplier);
        // Without inputs there are no groups either; whatever is 0 has no elements.
        return inputs == 0
            ? new([.. taps, 0, multiplier], WeightLayout.KerasDepthwise, 0, 0, [.. taps], 1, [])
            : Convolution(Product([inputs, multiplier], "channels"), inputs, taps, inputs, layout);
    }

    /// <summary>The same layer with another number of outputs, a multiple of the groups.</summary>
    internal TensorDescription WithOutputs(long outputs)
    {
        (int axis, long stored) = Layout switch
        {
            WeightLayout.Torch or WeightLayout.Mlx => (0, outputs),
            WeightLayout.Embedding => (1, outputs),
            WeightLayout.TorchTransposed => (1, outputs / Groups),
            WeightLayout.Keras => (Shape.Length - 1, outputs),
            WeightLayout.KerasDepthwise => (Shape.Length - 1, outputs / Groups),
            WeightLayout.KerasTransposed => (Shape.Length - 2, outputs),
            _ => throw new InvalidOperationException($"{this} has no outputs."),
        };
        return new(Shape.SetItem(axis, stored), Layout, outputs, Inputs, Taps, Groups, Stride);
    }

    /// <summary>True when both describe the same stored tensor of the same layer.</summary>
    public bool Equals(TensorDescription? other) =>
        other is not null
        && Shape.SequenceEqual(other.Shape)
        && Stride.SequenceEqual(other.Stride)
        && (Layout, Groups) == (other.Layout, other.Groups);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Layout, Groups, Count, Fan);

    /// <summary>For example <c>[256, 784] torch</c>.</summary>
    public override string ToString() =>
        $"[{string.Join(", ", Shape)}]"
        + (Layout == WeightLayout.None ? "" : $" {Spelling.Word(Layout)}")
        + (Groups == 1 || Layout == WeightLayout.KerasDepthwise ? "" : $" groups={Groups}")
        + (Stride.IsEmpty ? "" : $" stride={string.Join('x', Stride)}");

    private Fan ComputeFan() =>
        Layout switch
        {
            WeightLayout.Embedding => new(1, Outputs),
            _ => new(
                (double)Inputs / Groups * TapCount / Product(Stride, "positions"),
                (double)Outputs / Groups * TapCount
            ),
        };

    /// <summary>The channels over all groups; groups below 1 are told where the rest is checked.</summary>
    private static long AllGroups(long channels, long groups) =>
        groups < 1 ? channels : Product([channels, groups], "channels");

    private static void CheckSizes(long outputs, long inputs, ReadOnlySpan<long> taps, long groups)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(outputs);
        ArgumentOutOfRangeException.ThrowIfNegative(inputs);
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        foreach (long size in taps)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(taps));
        }
        if (outputs % groups != 0 || inputs % groups != 0)
        {
            throw new ArgumentException(
                $"{groups} groups don't divide {inputs} inputs and {outputs} outputs; both must be multiples.",
                nameof(groups)
            );
        }
    }

    private static long Product(ImmutableArray<long> sizes, string of)
    {
        // One 0 makes it 0, whatever the others would make before.
        if (sizes.Contains(0))
        {
            return 0;
        }
        long product = 1;
        foreach (long size in sizes)
        {
            if (product > long.MaxValue / size)
            {
                throw new ArgumentException($"[{string.Join(", ", sizes)}] makes more than 2^63 {of}.", nameof(sizes));
            }
            product *= size;
        }
        return product;
    }
}
