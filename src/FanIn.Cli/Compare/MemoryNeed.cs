using System.Globalization;
using FanIn.Lab;

namespace FanIn.Cli.Compare;

/// <summary>
/// Refuses a network that can't be trained in this machine's memory, before the system kills the process for it.
/// Counts the least that one training holds: weights, gradients and the optimizer's state, and the hidden activations
/// of a batch, in float32.
/// </summary>
internal static class MemoryNeed
{
    /// <exception cref="UsageException">It needs more than there is.</exception>
    public static void Check(Network network, DataSet data, StudySettings settings)
    {
        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        double needed = Bytes(network, data, settings);
        if (needed > available)
        {
            throw new UsageException(
                $"one training of {network} needs about {Gigabytes(needed)} of memory, and there are {Gigabytes(available)}: "
                    + "choose a smaller --network or --batch"
            );
        }
    }

    internal static double Bytes(Network network, DataSet data, StudySettings settings)
    {
        int taps = network.Kind switch
        {
            "mlp" => 1,
            "text" => 3,
            _ => 9,
        };
        long places =
            network.Kind == "mlp"
                ? 1
                : data.InputShape.Skip(data.Kind == InputKind.Image ? 1 : 0).Aggregate(1L, (a, b) => a * b);
        double hidden = (double)network.Width * network.Depth;
        double weights = taps * (hidden - network.Width) * network.Width;
        int copies = settings.Optimizer == OptimizerKind.Adam ? 4 : 3;
        double activations = hidden * places * Math.Min(settings.BatchSize, data.Train.Count);
        return sizeof(float) * ((copies * weights) + activations);
    }

    private static string Gigabytes(double bytes) =>
        $"{(bytes / 1e9).ToString(bytes < 1e10 ? "0.0" : "0", CultureInfo.InvariantCulture)} GB";
}
