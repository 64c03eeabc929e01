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

    private static double Bytes(Network network, DataSet data, StudySettings settings)
    {
        (double weights, double activations) = network.LeastSize(InputShape.Of(data));
        int copies = settings.Optimizer == OptimizerKind.Adam ? 4 : 3;
        return sizeof(float) * ((copies * weights) + (activations * Math.Min(settings.BatchSize, data.Train.Count)));
    }

    private static string Gigabytes(double bytes) =>
        $"{(bytes / 1e9).ToString(bytes < 1e10 ? "0.0" : "0", CultureInfo.InvariantCulture)} GB";
}
