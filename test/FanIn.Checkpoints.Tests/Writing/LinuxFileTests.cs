namespace FanIn.Checkpoints.Tests;

public sealed class LinuxFileTests
{
    /// <summary>What Linux answers over NFS of a file that another machine removed: ESTALE.</summary>
    [Fact]
    public void AStaleHandleIsAFileThatIsGone()
    {
        Assert.True(LinuxFile.IsGone(new FileNotFoundException()));
        Assert.True(LinuxFile.IsGone(new DirectoryNotFoundException()));
        Assert.Equal(OperatingSystem.IsLinux(), LinuxFile.IsGone(new IOException("Stale file handle", 116)));
        Assert.False(LinuxFile.IsGone(new IOException("No space left on device", 28)));
    }
}
