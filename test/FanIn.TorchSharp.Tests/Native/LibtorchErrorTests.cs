namespace FanIn.TorchSharp.Tests.Native;

public sealed class LibtorchErrorTests
{
    [Theory]
    [InlineData("linux-x64", "libtorch-cpu-linux-x64 2.10.0")]
    [InlineData("win-x64", "libtorch-cpu-win-x64 2.10.0")]
    [InlineData("osx-arm64", "libtorch-cpu-osx-arm64 2.10.0")]
    [InlineData("linux-arm64", "linux-x64, win-x64 or osx-arm64")]
    public void Says_what_to_add_or_where_to_run(string platform, string expected) =>
        Assert.Contains(expected, LibtorchError.NoRuntime(platform).Message, StringComparison.Ordinal);

    [Fact]
    public void Quotes_the_system_without_the_runtimes_advice()
    {
        DllNotFoundException inner = new("Unable to load. Consider a tool.\nlibx.so: cannot open shared object file\n");

        string message = LibtorchError.NotLoaded("/app/liby.so", inner).Message;

        Assert.Equal(
            "The native library of TorchSharp, '/app/liby.so', can't be loaded: libx.so: cannot open shared object file.",
            message
        );
    }

    [Fact]
    public void The_package_to_add_is_the_one_that_TorchSharp_is_built_for() =>
        Assert.StartsWith(
            LibtorchError.LibtorchVersion,
            global::TorchSharp.torch.__version__,
            StringComparison.Ordinal
        );
}
