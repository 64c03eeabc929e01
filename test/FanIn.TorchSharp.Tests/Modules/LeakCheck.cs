using TorchSharp;

namespace FanIn.TorchSharp.Tests.Modules;

/// <summary>Fails, when disposed, if this thread has more or fewer live tensors than at the start.</summary>
internal sealed class LeakCheck(string what = "it") : IDisposable
{
    private readonly long _before = Live;

    private static long Live => DisposeScopeManager.Statistics.ThreadTotalLiveCount;

    public void Dispose() => Assert.True(Live == _before, $"{what} left {Live - _before} tensors behind");
}
