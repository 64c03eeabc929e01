using FanIn.Checkpoints;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>One tensor of a module's state, a parameter or a buffer.</summary>
/// <param name="Name">Its first name.</param>
/// <param name="Value">The tensor itself.</param>
internal sealed record ModuleTensor(string Name, Tensor Value)
{
    private const int PieceBytes = 1 << 20;

    /// <summary>
    /// As PyTorch has it. A normalization layer's counter is an integer there whatever the layer's type, where TorchSharp
    /// makes it one of that type if the constructor is given one.
    /// </summary>
    private ScalarType StoredType =>
        Name.Split('.')[^1] == "num_batches_tracked" && Value.is_floating_point() ? ScalarType.Int64 : Value.dtype;

    /// <summary>The names under which other layers share it.</summary>
    private List<string> Aliases { get; } = [];

    /// <summary>
    /// The tensors of a module's <c>state_dict</c>, in PyTorch's order: module by module, what it holds right after it, in
    /// each the parameters first.
    /// </summary>
    /// <exception cref="InvalidOperationException">One is on the meta device.</exception>
    /// <exception cref="NotSupportedException">One isn't dense.</exception>
    public static List<ModuleTensor> ListOf(nn.Module model)
    {
        // Buffers that a module doesn't keep aren't in it.
        var kept = new HashSet<string>(model.state_dict().Keys, StringComparer.Ordinal);
        var list = new List<ModuleTensor>();
        var places = new Dictionary<(TensorIdentity, string Shape), ModuleTensor>();
        foreach ((string path, nn.Module layer) in TorchParameter.ModulesOf(model))
        {
            IEnumerable<(string Name, Tensor Value)> own =
            [
                .. layer.named_parameters(recurse: false).Select(p => (p.name, (Tensor)p.parameter)),
                .. layer.named_buffers(recurse: false).Select(b => (b.name, b.buffer)),
            ];
            foreach ((string name, Tensor value) in own)
            {
                string full = path.Length == 0 ? name : $"{path}.{name}";
                if (!kept.Contains(full))
                {
                    continue;
                }
                var tensor = new ModuleTensor(full, value);
                tensor.CheckHasValues();
                (TensorIdentity, string) place = (TensorIdentity.Of(value), string.Join(',', value.shape));
                if (places.TryAdd(place, tensor))
                {
                    list.Add(tensor);
                }
                else
                {
                    places[place].Aliases.Add(full);
                }
            }
        }
        return list;
    }

    /// <summary>As it is in a file, under one of its names.</summary>
    public SafetensorsTensor Described(string name) =>
        new(
            name,
            StoredType switch
            {
                ScalarType.Bool => SafetensorsType.Bool,
                ScalarType.Byte => SafetensorsType.U8,
                ScalarType.Int8 => SafetensorsType.I8,
                ScalarType.Int16 => SafetensorsType.I16,
                ScalarType.Int32 => SafetensorsType.I32,
                ScalarType.Int64 => SafetensorsType.I64,
                ScalarType.Float16 => SafetensorsType.F16,
                ScalarType.BFloat16 => SafetensorsType.BF16,
                ScalarType.Float32 => SafetensorsType.F32,
                ScalarType.Float64 => SafetensorsType.F64,
                ScalarType.ComplexFloat32 => SafetensorsType.C64,
                ScalarType other => throw new NotSupportedException(
                    $"'{name}' has elements of type {other}, which a safetensors file can't hold"
                ),
            },
            Value.shape
        );

    /// <summary>Those of its names that a checkpoint has; the first where it has none, which is then missing.</summary>
    public string[] NamesIn(Checkpoint checkpoint)
    {
        string[] there = [.. Aliases.Prepend(Name).Where(name => checkpoint.TryGet(name, out _))];
        return there.Length > 0 ? there : [Name];
    }

    /// <summary>A tensor that a checkpoint has under several names must be the same under each.</summary>
    /// <exception cref="SafetensorsException">It isn't.</exception>
    public static void CheckSame(Checkpoint checkpoint, string[] names)
    {
        long length = checkpoint[names[0]].ByteCount;
        byte[] first = new byte[Math.Min(length, PieceBytes)];
        byte[] other = new byte[names.Length > 1 ? first.Length : 0];
        foreach (string name in names.Skip(1))
        {
            for (long start = 0; start < length; start += PieceBytes)
            {
                int piece = (int)Math.Min(PieceBytes, length - start);
                checkpoint.ReadBytes(names[0], first.AsSpan(0, piece), start);
                checkpoint.ReadBytes(name, other.AsSpan(0, piece), start);
                if (!first.AsSpan(0, piece).SequenceEqual(other.AsSpan(0, piece)))
                {
                    throw new SafetensorsException(
                        $"'{checkpoint.Path}' has other values for '{name}' than for '{names[0]}', which are one tensor in the module."
                    );
                }
            }
        }
    }

    /// <summary>A truth value is 0 or 1: another would be true and false at once.</summary>
    /// <exception cref="SafetensorsException">It isn't.</exception>
    public void CheckTruth(Checkpoint checkpoint, string name)
    {
        if (StoredType != ScalarType.Bool)
        {
            return;
        }
        long count = checkpoint[name].Count;
        bool[] piece = new bool[Math.Min(count, PieceBytes)];
        for (long start = 0; start < count; start += PieceBytes)
        {
            checkpoint.Read(name, piece.AsSpan(0, (int)Math.Min(PieceBytes, count - start)), start);
        }
    }

    /// <summary>The values in row-major order, where .NET reaches them; a copy only where they lie otherwise.</summary>
    public Tensor OnCpu() => Value.detach().cpu().to(StoredType).resolve_conj().contiguous();

    /// <summary>Takes over the values that a checkpoint has under a name.</summary>
    public void Load(Checkpoint checkpoint, string name)
    {
        using var scope = NewDisposeScope();
        bool inPlace =
            Value.device_type == global::TorchSharp.DeviceType.CPU
            && Value.is_contiguous()
            && Value.dtype == StoredType;
        Tensor values = inPlace ? Value.detach() : empty(Value.shape, dtype: StoredType);
        CpuTensor.EachPiece(values, (start, bytes) => checkpoint.ReadBytes(name, bytes, start));
        if (inPlace)
        {
            // Tells a backward pass that still needs the old values that they are gone, as a copy would.
            Value.view(-1).narrow(0, 0, 0).zero_();
        }
        else
        {
            // Strides and device are the copy's business.
            Value.copy_(values);
        }
    }

    private void CheckHasValues()
    {
        if (Value.device_type == global::TorchSharp.DeviceType.META)
        {
            throw new InvalidOperationException(
                $"'{Name}' is on the meta device, which holds no values; move the module to a device that does, such as the CPU"
            );
        }
        if (Value.is_sparse)
        {
            throw new NotSupportedException($"'{Name}' is sparse; a safetensors file holds dense tensors");
        }
    }
}
