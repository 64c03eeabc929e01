using System.Runtime.InteropServices;

namespace FanIn;

/// <summary>One connection of a layer: its group, output and input within the group, and kernel tap, row-major.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Connection(long Group, long Output, long Input, long Tap);

/// <summary>The value of a connection by its place.</summary>
internal delegate double ConnectionValue(in Connection connection);

/// <summary>Writes values that are functions of the connection into stored elements, from any of them on.</summary>
internal static class PatternFill
{
    private const int Axes = 4;

    private const int Group = 0;
    private const int Output = 1;
    private const int Input = 2;
    private const int Tap = 3;

    public static void Run<T>(Span<T> destination, long offset, TensorDescription tensor, ConnectionValue value)
        where T : unmanaged
    {
        ReadOnlySpan<int> order = StoredAxes(tensor.Layout);
        ReadOnlySpan<long> sizes =
        [
            tensor.Groups,
            tensor.Outputs / tensor.Groups,
            tensor.Inputs / tensor.Groups,
            tensor.TapCount,
        ];
        // The innermost axis that has steps is walked by itself.
        int inner = Axes - 1;
        while (inner > 0 && sizes[order[inner]] == 1)
        {
            inner--;
        }
        (int walked, long size) = (order[inner], sizes[order[inner]]);
        Span<long> at = stackalloc long[Axes];
        while (!destination.IsEmpty)
        {
            (long outer, long first) = Math.DivRem(offset, size);
            for (int i = inner - 1; i >= 0; i--)
            {
                (outer, at[order[i]]) = Math.DivRem(outer, sizes[order[i]]);
            }
            int length = (int)Math.Min(size - first, destination.Length);
            for (int i = 0; i < length; i++)
            {
                at[walked] = first + i;
                destination[i] = Rounded<T>(value(new(at[Group], at[Output], at[Input], at[Tap])));
            }
            destination = destination[length..];
            offset += length;
        }
    }

    /// <summary>The axes from the outermost to the innermost.</summary>
    private static ReadOnlySpan<int> StoredAxes(WeightLayout layout) =>
        layout switch
        {
            WeightLayout.TorchTransposed => [Group, Input, Output, Tap],
            WeightLayout.Keras => [Tap, Input, Group, Output],
            WeightLayout.KerasTransposed => [Tap, Group, Output, Input],
            WeightLayout.KerasDepthwise => [Tap, Group, Input, Output],
            WeightLayout.Mlx => [Group, Output, Tap, Input],
            WeightLayout.Embedding => [Group, Tap, Input, Output],
            _ => [Group, Output, Input, Tap],
        };

    /// <summary>The value in the element type; for the 16-bit ones by way of float32.</summary>
    public static T Rounded<T>(double value)
        where T : unmanaged =>
        typeof(T) == typeof(double) ? (T)(object)value
        : typeof(T) == typeof(float) ? (T)(object)RandomArguments.CheckFinite(value, nameof(value))
        : typeof(T) == typeof(BFloat16)
            ? (T)(object)(BFloat16)RandomArguments.CheckFinite<BFloat16Grid>(value, nameof(value))
        : (T)(object)(Half)RandomArguments.CheckFinite<HalfGrid>(value, nameof(value));
}
