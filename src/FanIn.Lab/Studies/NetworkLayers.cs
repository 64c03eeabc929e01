using System.Collections.Immutable;
using System.Runtime.InteropServices;
using FanIn.TorchSharp;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.Lab;

/// <summary>The weighted layers of a network in order of execution, of which the last is its output.</summary>
internal sealed class NetworkLayers
{
    private const int MostImages = 64;

    private readonly ImmutableArray<(string Path, Parameter Weight, Parameter? Bias, bool Transposed)> _layers;

    private NetworkLayers(ImmutableArray<(string, Parameter, Parameter?, bool)> layers) => _layers = layers;

    /// <summary>The name of the output layer's weight.</summary>
    public string OutputWeight => $"{_layers[^1].Path}.weight".TrimStart('.');

    /// <summary>Units of each hidden layer.</summary>
    public ImmutableArray<int> HiddenUnits =>
        [.. Hidden.Select(layer => (int)Rows(layer.Weight, layer.Transposed).shape[0])];

    private IEnumerable<(string Path, Parameter Weight, Parameter? Bias, bool Transposed)> Hidden =>
        _layers.SkipLast(1);

    /// <exception cref="InvalidOperationException">No weighted layer was seen to run.</exception>
    public static NetworkLayers Of(nn.Module<Tensor, Tensor> model, Tensor inputs)
    {
        SignalMeasurement order = SignalProbe.Measure(model, inputs, output => output.sum());
        var modules = model.named_modules().ToDictionary(m => m.name, m => m.module, StringComparer.Ordinal);
        modules.TryAdd("", model);
        var layers = order
            .Layers.Select(layer => layer.Name)
            .Distinct(StringComparer.Ordinal)
            .Select(path => (path, modules[path]))
            .Select(m =>
                m.Item2 switch
                {
                    Linear linear => (m.path, linear.weight!, linear.bias, false),
                    Convolution convolution => (m.path, convolution.weight!, convolution.bias, convolution.transposed),
                    _ => default((string, Parameter, Parameter?, bool)?),
                }
            )
            .OfType<(string, Parameter, Parameter?, bool)>()
            .ToImmutableArray();
        return layers.IsEmpty
            ? throw new InvalidOperationException(
                "No Linear or Conv layer of the network was seen to run; call layers by call(), not forward(), so that they can be watched."
            )
            : new(layers);
    }

    /// <summary>Distinct units of each hidden layer; 0 where weights are infinite or not numbers: nothing equals those.</summary>
    public ImmutableArray<int> CountDistinct()
    {
        var counts = ImmutableArray.CreateBuilder<int>();
        foreach ((_, Parameter weight, Parameter? bias, bool transposed) in Hidden)
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            Tensor rows = Rows(weight, transposed);
            float[] weights = Floats(rows);
            float[] biases = bias is null ? [] : Floats(bias);
            bool finite = weights.All(float.IsFinite) && biases.All(float.IsFinite);
            counts.Add(finite ? DistinctUnits.Count(weights, (int)rows.shape[0], biases) : 0);
        }
        return counts.ToImmutable();
    }

    /// <summary>The first layer's weights as images: a dense layer's by the input's image, a convolution's by its kernel.</summary>
    public WeightImages? FirstWeights((int Width, int Height)? inputImage)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Parameter weight = _layers[0].Weight;
        (int width, int height)? image = weight.dim() switch
        {
            2 => inputImage,
            4 => ((int)weight.shape[3], (int)weight.shape[2]),
            _ => null,
        };
        if (image is not { } size)
        {
            return null;
        }
        Tensor rows = Rows(weight, _layers[0].Transposed);
        int pixels = size.width * size.height;
        // A tile shows one channel: enough for the grey images that the built-in data are.
        float[] values = Floats(rows);
        int stride = (int)rows.shape[1];
        if (stride < pixels)
        {
            return null;
        }
        return new(
            size.width,
            size.height,
            [
                .. Enumerable
                    .Range(0, (int)Math.Min(MostImages, rows.shape[0]))
                    .Select(unit => values.AsSpan(unit * stride, pixels).ToArray().ToImmutableArray()),
            ]
        );
    }

    /// <summary>[units, incoming weights].</summary>
    private static Tensor Rows(Tensor weight, bool transposed) =>
        (transposed ? weight.transpose(0, 1) : weight).flatten(1);

    private static float[] Floats(Tensor values) =>
        MemoryMarshal.Cast<byte, float>(values.detach().to(ScalarType.Float32).cpu().contiguous().bytes).ToArray();
}
