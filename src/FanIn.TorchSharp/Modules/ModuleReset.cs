using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>Gives a module the values that PyTorch's own constructors would have given it.</summary>
public static class ModuleReset
{
    /// <summary>
    /// Draws every parameter anew, as constructing the module would after <c>torch.manual_seed</c>: in the order of
    /// registration, each layer by its <c>reset_parameters</c>. The same bits as PyTorch on the platform that
    /// <see cref="TorchRandom"/> names, if the layers were constructed in that order too.
    /// </summary>
    /// <remarks>
    /// <para>Known are linear, bilinear, convolution and transposed convolution layers, embeddings, recurrent layers and
    /// cells, attention, PReLU and the normalization layers, whose running statistics start anew too.</para>
    /// <para>A parameter is drawn in its own element type, as with a constructor's <c>dtype</c>. One that two layers share
    /// is drawn for both, as their constructors do, and keeps the first one's values. Frozen ones are drawn too.</para>
    /// </remarks>
    /// <param name="model">Any module of these layers, on any device.</param>
    /// <param name="random">PyTorch's generator; goes on from where it stands.</param>
    /// <exception cref="NotSupportedException">Another kind of layer has parameters of its own; nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">A parameter is on the meta device; nothing was changed.</exception>
    /// <example><code>
    /// model.ResetParameters(new TorchRandom(42));
    /// </code></example>
    public static void ResetParameters(this nn.Module model, TorchRandom random)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(random);
        NativeLoader.EnsureLoaded();
        List<(TorchDraw Draw, bool IsKept)> draws = DrawsOf(model);
        Dictionary<TensorIdentity, long> paddingRows = [];
        foreach (TorchParameter parameter in TorchParameter.ListOf(model))
        {
            if (parameter.Description.PaddingRow is { } row)
            {
                paddingRows[TensorIdentity.Of(parameter.Value)] = row;
            }
        }
        using var noGrad = no_grad();
        foreach ((TorchDraw draw, bool isKept) in draws)
        {
            using var scope = NewDisposeScope();
            Tensor values = Values(draw, random);
            if (paddingRows.TryGetValue(TensorIdentity.Of(draw.Target), out long padding))
            {
                values[padding].zero_();
            }
            if (isKept)
            {
                draw.Target.copy_(values);
            }
        }
        foreach ((_, nn.Module layer) in TorchParameter.ModulesOf(model))
        {
            (layer as NormBase)?.reset_running_stats();
        }
    }

    private static List<(TorchDraw Draw, bool IsKept)> DrawsOf(nn.Module model)
    {
        List<(TorchDraw, bool)> draws = [];
        List<string> unknown = [];
        Dictionary<TensorIdentity, nn.Module> owners = [];
        foreach ((string path, nn.Module layer) in TorchParameter.ModulesOf(model))
        {
            List<(string Name, Parameter Value)> parameters = [.. layer.named_parameters(recurse: false)];
            foreach ((string name, Parameter value) in parameters)
            {
                string full = path.Length == 0 ? name : $"{path}.{name}";
                ElementTypes.Of(value, full);
                if (value.device_type == DeviceType.META)
                {
                    throw new InvalidOperationException(
                        $"'{full}' is on the meta device, which holds no values; move the model to a device that does, such as the CPU, before initializing it"
                    );
                }
                owners.TryAdd(TensorIdentity.Of(value), layer);
            }
            if (parameters.Count == 0)
            {
                continue;
            }
            if (TorchReset.DrawsOf(layer, parameters) is not { } own)
            {
                unknown.Add(path.Length == 0 ? layer.GetType().Name : $"'{path}' ({layer.GetType().Name})");
                continue;
            }
            draws.AddRange(own.Select(draw => (draw, ReferenceEquals(owners[TensorIdentity.Of(draw.Target)], layer))));
        }
        return unknown.Count == 0
            ? draws
            : throw new NotSupportedException(
                $"PyTorch's constructors are not known here for {string.Join(", ", unknown)}, which has parameters of its own; give those values yourself and reset the other layers one by one"
            );
    }

    private static Tensor Values(TorchDraw draw, TorchRandom random)
    {
        ScalarType type = draw.Target.dtype;
        if (draw.Distribution == TorchDistribution.Constant)
        {
            return full(draw.Target.shape, draw.Size, dtype: type, device: CPU);
        }
        Tensor values = empty(draw.Target.shape, dtype: type, device: CPU);
        (double size, bool isNormal) = (draw.Size, draw.Distribution == TorchDistribution.Normal);
        switch (type)
        {
            case ScalarType.Float64 when isNormal:
                random.FillNormal(CpuTensor.Span<double>(values), 0, size);
                break;
            case ScalarType.Float64:
                random.FillUniform(CpuTensor.Span<double>(values), -size, size);
                break;
            case ScalarType.Float16 when isNormal:
                random.FillNormal(CpuTensor.Span<Half>(values), 0, size);
                break;
            case ScalarType.Float16:
                random.FillUniform(CpuTensor.Span<Half>(values), -size, size);
                break;
            case ScalarType.BFloat16 when isNormal:
                random.FillNormal(CpuTensor.Span<BFloat16>(values), 0, size);
                break;
            case ScalarType.BFloat16:
                random.FillUniform(CpuTensor.Span<BFloat16>(values), -size, size);
                break;
            case ScalarType.Float32 when isNormal:
                random.FillNormal(CpuTensor.Span<float>(values), 0, size);
                break;
            default:
                random.FillUniform(CpuTensor.Span<float>(values), -size, size);
                break;
        }
        return values;
    }
}
