using System.Collections.Immutable;

namespace FanIn;

/// <summary>
/// How a parameter's blocks lie along one of its axes, one after the other: as runs of consecutive elements, one run for
/// each step along the axes before it.
/// </summary>
/// <param name="Runs">The steps along the axes before.</param>
/// <param name="Length">Elements of all blocks together in one step.</param>
internal readonly record struct PackedAxis(long Runs, long Length)
{
    /// <summary>The axis of a parameter, with the elements that one step along it has.</summary>
    public static PackedAxis Of(ParameterDescription parameter)
    {
        ImmutableArray<long> shape = parameter.Tensor.Shape;
        long runs = Volume(shape.AsSpan()[..parameter.BlockAxis]);
        return new(runs, runs == 0 ? 0 : parameter.Tensor.Count / runs);
    }

    /// <summary>True where each block is one run.</summary>
    public bool IsContiguous => Runs <= 1;

    /// <summary>
    /// Null where the blocks make up the parameter's shape; otherwise the sentence that says what doesn't fit.
    /// </summary>
    public static string? Fault(ParameterDescription parameter)
    {
        ImmutableArray<long> shape = parameter.Tensor.Shape;
        int axis = parameter.BlockAxis;
        if (axis < 0 || axis >= shape.Length)
        {
            return $"The blocks of '{parameter.Name}' lie along axis {axis}, but {parameter.Tensor} has axes 0 .. {shape.Length - 1}.";
        }
        Int128 size = 0;
        foreach ((string name, TensorDescription tensor) in parameter.Blocks)
        {
            bool isStacked = tensor.Shape.Length == shape.Length - 1;
            bool fits = isStacked
                ? tensor.Shape.SequenceEqual(shape.RemoveAt(axis))
                : tensor.Shape.Length == shape.Length && tensor.Shape.SetItem(axis, shape[axis]).SequenceEqual(shape);
            if (!fits)
            {
                return $"The block '{name}' of '{parameter.Name}' has shape [{string.Join(", ", tensor.Shape)}], which is no part of [{string.Join(", ", shape)}] along axis {axis}.";
            }
            size += isStacked ? 1 : tensor.Shape[axis];
        }
        return size == shape[axis]
            ? null
            : $"The blocks of '{parameter.Name}' have {size} together along axis {axis}, where [{string.Join(", ", shape)}] has {shape[axis]}.";
    }

    private static long Volume(ReadOnlySpan<long> sizes)
    {
        long volume = 1;
        foreach (long size in sizes)
        {
            volume *= size;
        }
        return volume;
    }
}
