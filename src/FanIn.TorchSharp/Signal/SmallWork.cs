using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>
/// Lets libtorch work on one thread while layers are small, and on as many as before when disposed: to share out a
/// product of a few million terms takes longer than to compute it, and a check's theory wants the other processor.
/// </summary>
internal sealed class SmallWork : IDisposable
{
    /// <summary>Products of a weight and a number, in a layer.</summary>
    private const double Most = 16e6;

    // libtorch has one number of threads for the whole process: of checks that run at once the first one remembers it, and
    // what else computes meanwhile has one thread too.
    private static readonly Lock Gate = new();
    private static int _checks;
    private static int _threads;

    private readonly bool _isSmall;

    public SmallWork(nn.Module model, Tensor batch)
    {
        _isSmall = PerLayer(model, batch) is <= Most;
        if (!_isSmall)
        {
            return;
        }
        lock (Gate)
        {
            if (_checks++ == 0)
            {
                _threads = get_num_threads();
            }
            set_num_threads(1);
        }
    }

    public void Dispose()
    {
        if (!_isSmall)
        {
            return;
        }
        lock (Gate)
        {
            _checks--;
            // Of each thread by itself, in some builds of libtorch: so each check does it, the last one for all.
            set_num_threads(_threads);
        }
    }

    /// <summary>Null where a weight is used at many positions, how many its shape doesn't say.</summary>
    private static double? PerLayer(nn.Module model, Tensor batch)
    {
        double weights = 0;
        int layers = 0;
        foreach ((_, nn.Module module) in TorchParameter.ModulesOf(model))
        {
            if (module is Linear { weight: { } weight })
            {
                weights += weight.numel();
                layers++;
            }
            else if (WatchedLayers.HasWeight(module) && module is not Embedding)
            {
                return null;
            }
        }
        long vectors =
            is_floating_point(batch) && batch.dim() > 1 && batch.shape[^1] > 0
                ? batch.numel() / batch.shape[^1]
                : batch.numel();
        return layers == 0 ? null : weights / layers * vectors;
    }
}
