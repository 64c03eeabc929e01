using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>What a check keeps of one parameter.</summary>
internal static class ParameterProbe
{
    /// <summary>Comparing units takes their number squared.</summary>
    private const int MostUnits = 8192;

    /// <param name="parameter">The parameter.</param>
    /// <param name="gradient">The loss's gradient; null where none arrives.</param>
    /// <param name="hasGradients">Whether gradients were taken at all, and of this parameter.</param>
    /// <param name="optimized">The optimizer's parameters; null where there is no optimizer.</param>
    /// <param name="isWhole">False where the values' own figures and the gradient's are enough.</param>
    public static ParameterObservation Observe(
        TorchParameter parameter,
        Tensor? gradient,
        bool hasGradients,
        HashSet<TensorIdentity>? optimized,
        bool isWhole
    )
    {
        (int? units, double? neighbours) = isWhole ? UnitsOf(parameter, parameter.Value, withBias: true) : default;
        return new(parameter.Description, CpuTensor.Read(parameter.Value, TensorStatistics.Of))
        {
            DistinctUnits = units,
            NeighbourCorrelation = neighbours,
            // Only of copies is it of any use to know.
            GradientDistinctUnits =
                units > 1 && units < parameter.Description.Tensor.Outputs && gradient is not null
                    ? UnitsOf(parameter, gradient, withBias: false).Distinct
                    : null,
            Fingerprint = isWhole ? FingerprintOf(parameter.Value) : null,
            Gradient = gradient is null ? null : CpuTensor.Read(gradient, TensorStatistics.Of),
            ReceivesGradient = hasGradients ? gradient is not null : null,
            IsOptimized = optimized?.Contains(TensorIdentity.Of(parameter.Value)),
            MistakenFans = MistakenFans(parameter.Description),
        };
    }

    /// <summary>
    /// PyTorch's <c>_calculate_fan_in_and_fan_out</c> reads every weight as [out, in, taps ...]: that of a transposed
    /// convolution the wrong way round and without its stride, that of a grouped one with the outputs of all groups, that of
    /// packed matrices with the outputs of all.
    /// </summary>
    public static ImmutableArray<Fan> MistakenFans(ParameterDescription parameter)
    {
        ImmutableArray<long> shape = parameter.Tensor.Shape;
        if (parameter.Role != ParameterRole.Weight || shape.Length < 2)
        {
            return [];
        }
        double taps = shape.Skip(2).Aggregate(1.0, (a, b) => a * b);
        Fan torch = new(shape[1] * taps, shape[0] * taps);
        Fan? own = parameter.Blocks.IsEmpty ? parameter.Tensor.Fan : parameter.Blocks[0].Tensor.Fan;
        return own is null || own == torch ? [] : [torch];
    }

    /// <summary>
    /// How many units differ in their incoming values, which are the parameter's own or its gradient's, and how neighbours
    /// among them hang together.
    /// </summary>
    private static (int? Distinct, double? Neighbours) UnitsOf(TorchParameter parameter, Tensor weight, bool withBias)
    {
        ParameterDescription description = parameter.Description;
        if (description.Role != ParameterRole.Weight || weight.dim() < 2 || weight.numel() == 0)
        {
            return default;
        }
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor matrix = weight.detach();
        TensorDescription tensor = description.Tensor;
        if (tensor.Layout == WeightLayout.TorchTransposed)
        {
            // [groups, in / groups, out / groups, taps]: one row an output.
            matrix = matrix
                .reshape(tensor.Groups, tensor.Inputs / tensor.Groups, tensor.Outputs / tensor.Groups, -1)
                .transpose(1, 2)
                .reshape(tensor.Outputs, -1);
        }
        else if (tensor.Layout == WeightLayout.Keras || description.BlockAxis == 1)
        {
            matrix = matrix.transpose(0, 1);
        }
        int units = (int)Math.Min(matrix.shape[0], int.MaxValue);
        if (units > MostUnits)
        {
            return (null, CpuTensor.Read(matrix, values => NeighbourCorrelation.Of(values, units)));
        }
        float[] biases =
            withBias
            && description.Name.EndsWith("weight", StringComparison.Ordinal)
            && FittedLayer.ParameterOf(parameter.Layer, "bias") is { } bias
            && bias.numel() == units
                ? CpuTensor.ToFloats(bias)
                : [];
        return CpuTensor.Read(
            matrix,
            values => ((int?)DistinctUnits.Count(values, units, biases), NeighbourCorrelation.Of(values, units))
        );
    }

    private static string FingerprintOf(Parameter value)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{value.dtype} [{string.Join(',', value.shape)}]"));
        Tensor cpu = value.detach().cpu().contiguous();
        int size = (int)value.element_size();
        // Elements of one byte are as many as there are bytes, up to 2^31.
        const int Slice = 1 << 24;
        for (long offset = 0; offset < cpu.numel(); offset += Slice)
        {
            int length = (int)Math.Min(Slice, cpu.numel() - offset);
            hash.AppendData(
                size switch
                {
                    8 => System.Runtime.InteropServices.MemoryMarshal.AsBytes(
                        CpuTensor.Span<double>(cpu, offset, length)
                    ),
                    4 => System.Runtime.InteropServices.MemoryMarshal.AsBytes(
                        CpuTensor.Span<float>(cpu, offset, length)
                    ),
                    _ => System.Runtime.InteropServices.MemoryMarshal.AsBytes(
                        CpuTensor.Span<ushort>(cpu, offset, length)
                    ),
                }
            );
        }
        GC.KeepAlive(cpu);
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
