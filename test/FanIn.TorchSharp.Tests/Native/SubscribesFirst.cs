using System.Runtime.CompilerServices;

namespace FanIn.TorchSharp.Tests.Native;

/// <summary>What the package's build file adds to applications: a project reference doesn't bring that file along.</summary>
internal static class SubscribesFirst
{
    [ModuleInitializer]
    internal static void Initialize() => RuntimeHelpers.RunModuleConstructor(typeof(NativeLoader).Module.ModuleHandle);
}
