using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>A parameter of a module with its description and the layer that owns it.</summary>
internal sealed record TorchParameter(ParameterDescription Description, Parameter Value, nn.Module Layer)
{
    /// <summary>
    /// The parameters of a module and of all modules in it, in order of registration; one that several layers share
    /// appears once, under its first name, with the others as aliases. What an embedding has is an embedding, whichever
    /// layer comes first.
    /// </summary>
    public static List<TorchParameter> ListOf(nn.Module model)
    {
        var list = new List<TorchParameter>();
        var places = new Dictionary<TensorIdentity, int>();
        foreach ((string path, nn.Module layer) in ModulesOf(model))
        {
            foreach ((string name, Parameter value) in layer.named_parameters(recurse: false))
            {
                string full = path.Length == 0 ? name : $"{path}.{name}";
                if (places.TryAdd(TensorIdentity.Of(value), list.Count))
                {
                    list.Add(new(Describe(layer, full, name, value), value, layer));
                }
                else
                {
                    int place = places[TensorIdentity.Of(value)];
                    list[place] = list[place].SharedWith(layer, full, name);
                }
            }
        }
        return list;
    }

    /// <summary>
    /// The module itself, under the empty path, and all modules in it; each object once, under its first name, and what
    /// it holds right after it, as PyTorch orders them (TorchSharp's own list goes level by level).
    /// </summary>
    public static List<(string Path, nn.Module Module)> ModulesOf(nn.Module model)
    {
        var list = new List<(string, nn.Module)>();
        var seen = new HashSet<nn.Module>(ReferenceEqualityComparer.Instance);
        Add("", model);
        return list;

        void Add(string path, nn.Module module)
        {
            if (!seen.Add(module))
            {
                return;
            }
            list.Add((path, module));
            foreach ((string name, nn.Module child) in module.named_children())
            {
                Add(path.Length == 0 ? name : $"{path}.{name}", child);
            }
        }
    }

    private TorchParameter SharedWith(nn.Module layer, string path, string name)
    {
        TorchParameter shared =
            layer is Embedding or EmbeddingBag && Description.Role == ParameterRole.Weight
                ? this with
                {
                    Layer = layer,
                    Description = Describe(layer, path, name, Value) with
                    {
                        Name = Description.Name,
                        Aliases = Description.Aliases,
                    },
                }
                : this;
        return shared with { Description = shared.Description with { Aliases = Description.Aliases.Add(path) } };
    }

    private static ParameterDescription Describe(nn.Module layer, string path, string name, Tensor value)
    {
        ParameterDescription description = LayerKinds.Describe(layer, path, name, value) with
        {
            ElementType = ElementTypes.Of(value, path),
            IsTrainable = value.requires_grad,
        };
        return description.Role == ParameterRole.Embedding
            ? description with
            {
                PaddingRow = PaddingRow(layer, value),
            }
            : description;
    }

    /// <summary>
    /// TorchSharp keeps an embedding's padding index to itself, but its row starts at zero and stays there, since no
    /// gradient reaches it: that tells it from other rows of zeros. In a frozen table a single row of zeros is it.
    /// </summary>
    private static long? PaddingRow(nn.Module layer, Tensor table)
    {
        if (table.numel() == 0 || table.device_type == global::TorchSharp.DeviceType.META)
        {
            return null;
        }
        long[] zeros = ZeroRows(table);
        if (zeros.Length > 0 && layer is Embedding embedding && table.requires_grad)
        {
            zeros = WithoutGradient(embedding, table, zeros);
        }
        return zeros is [long row] ? row : null;
    }

    private static long[] ZeroRows(Tensor table)
    {
        float[] values = CpuTensor.ToFloats(table);
        int width = (int)table.shape[1];
        return
        [
            .. Enumerable
                .Range(0, (int)table.shape[0])
                .Where(row => !values.AsSpan(row * width, width).ContainsAnyExcept(0f))
                .Select(row => (long)row),
        ];
    }

    private static long[] WithoutGradient(Embedding embedding, Tensor table, long[] rows)
    {
        using var scope = NewDisposeScope();
        using var grad = enable_grad();
        Tensor found = embedding.forward(tensor(rows, device: table.device));
        Tensor gradient = autograd.grad([found.sum()], [table])[0].to_dense();
        return [.. ZeroRows(gradient).Intersect(rows)];
    }
}
