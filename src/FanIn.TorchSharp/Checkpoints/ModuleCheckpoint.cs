using System.Collections.Immutable;
using System.Runtime.InteropServices;
using FanIn.Checkpoints;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>A TorchSharp module as the source of a checkpoint of new values.</summary>
public static class ModuleCheckpoint
{
    /// <summary>
    /// The tensors of a module's <c>state_dict</c> in PyTorch's order, to be planned and written without the module. What
    /// isn't drawn (buffers, and parameters that are frozen) keeps the values that it has here.
    /// </summary>
    /// <param name="model">Any module, on any device.</param>
    /// <param name="elementType">How floating-point numbers are stored; where null, as the module has them.</param>
    /// <exception cref="ModelConfigException">It has no parameters to draw.</exception>
    /// <exception cref="NotSupportedException">A tensor is sparse, or its elements are of a type that the format doesn't have.</exception>
    /// <exception cref="InvalidOperationException">A tensor is on the meta device, which holds no values.</exception>
    public static CheckpointModel DescribeCheckpoint(this nn.Module model, ElementType? elementType = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        NativeLoader.EnsureLoaded();
        using var scope = NewDisposeScope();
        List<ModuleTensor> state = ModuleTensor.ListOf(model);
        ModelDescription drawn = new(
            TorchParameter
                .ListOf(model)
                .Select(parameter => parameter.Description)
                .Where(parameter => parameter.IsTrainable)
        );
        var names = drawn.Parameters.Select(parameter => parameter.Name).ToHashSet(StringComparer.Ordinal);
        using var noGrad = no_grad();
        return CheckpointModel.FromState(
            drawn,
            state.Where(tensor => !names.Contains(tensor.Name)).Select(tensor => BufferOf(tensor, elementType)),
            [.. state.Select(tensor => tensor.Name)],
            elementType
        );
    }

    private static CheckpointBuffer BufferOf(ModuleTensor tensor, ElementType? elementType)
    {
        using var scope = NewDisposeScope();
        Tensor values = tensor.OnCpu();
        if (elementType is { } type && values.is_floating_point())
        {
            values = values.to(ScalarOf(type));
        }
        SafetensorsTensor described = new ModuleTensor(tensor.Name, values).Described(tensor.Name);
        byte[] content = new byte[
            described.ByteCount <= Array.MaxLength
                ? described.ByteCount
                : throw new NotSupportedException(
                    $"'{tensor.Name}' isn't drawn and has {described.ByteCount} bytes; {Array.MaxLength} are the most that are kept"
                )
        ];
        CpuTensor.EachPiece(values, (start, bytes) => bytes.CopyTo(content.AsSpan((int)start)));
        foreach (int value in (int[])[0, 1])
        {
            CheckpointBuffer buffer = new(described.Name, described.Type, described.Shape, value);
            if (IsAll(buffer, content))
            {
                return buffer;
            }
        }
        return new CheckpointBuffer(described.Name, described.Type, described.Shape, 0)
        {
            Content = ImmutableCollectionsMarshal.AsImmutableArray(content),
        };
    }

    /// <summary>Whether a buffer's content is what its number alone says.</summary>
    private static bool IsAll(CheckpointBuffer buffer, byte[] content)
    {
        if (buffer.Type.ToElementType() is null && buffer.Type != SafetensorsType.I64)
        {
            return content.Length == 0;
        }
        byte[] same = new byte[content.Length];
        buffer.Fill(same);
        return content.AsSpan().SequenceEqual(same);
    }

    private static ScalarType ScalarOf(ElementType type) =>
        type switch
        {
            ElementType.Float32 => ScalarType.Float32,
            ElementType.Float64 => ScalarType.Float64,
            ElementType.BFloat16 => ScalarType.BFloat16,
            ElementType.Float16 => ScalarType.Float16,
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No element type."),
        };
}
