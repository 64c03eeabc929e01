using TorchSharp;

namespace FanIn.TorchSharp.Tests.Modules;

/// <summary>Fails, when disposed, if this thread has more or fewer live tensors than at the start.</summary>
internal sealed class LeakCheck : IDisposable
{
    private readonly long _before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

    public void Dispose() => Assert.Equal(_before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
}
