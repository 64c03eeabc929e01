using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using TorchSharp;

namespace FanIn.TorchSharp;

/// <summary>
/// Loads libtorch and TorchSharp's native library, also where TorchSharp alone can't: on Linux systems such as
/// Debian 12 and Ubuntu 22.04, whose C++ library is older than the one TorchSharp 0.107.0 asks for, though without
/// need.
/// </summary>
/// <remarks>
/// <para>
/// An application that references the package FanIn.TorchSharp needs to do nothing: the package adds a module
/// initializer to it, which has this class asked whenever TorchSharp doesn't find its native library, also before the
/// first call into FanIn. So <c>var model = Sequential(...); model.Initialize("he_normal", seed: 42);</c> works as
/// it stands. Until then nothing is loaded. The property <c>FanInLoadLibtorch=false</c> of the application's project
/// leaves the initializer out. If loading fails, TorchSharp may put a message of its own in place of the reason;
/// <see cref="EnsureLoaded"/> always gives the reason.
/// </para>
/// <para>
/// Call <see cref="EnsureLoaded"/> before anything of TorchSharp where no package can do that: in applications
/// written in another language than C#, in scripts and notebooks, and in plug-ins.
/// </para>
/// <para>
/// No file of the application or the system is changed. The copy lies in the folder <c>FanIn.TorchSharp</c> under
/// <see cref="Environment.SpecialFolder.LocalApplicationData"/>, which only the user can write to, or in a temporary
/// folder for as long as it takes to load it. Deleting it is always safe.
/// </para>
/// </remarks>
public static class NativeLoader
{
    // What is loaded belongs to the process, and so does the knowledge of it.
    private static readonly Lock Gate = new();
    private static nint _handle;

    /// <summary>
    /// Loads libtorch for the CPU and TorchSharp's native library unless they are loaded already. Any thread may call
    /// it, any number of times.
    /// </summary>
    /// <exception cref="DllNotFoundException">
    /// The application has no libtorch (the message names the package to add), the system is too old for it, or the
    /// system refuses to load it.
    /// </exception>
    public static void EnsureLoaded()
    {
        if (Volatile.Read(ref _handle) != 0)
        {
            return;
        }

        lock (Gate)
        {
            Assembly torchSharp = typeof(torch).Assembly;
            NativeLibrary.TryLoad("torch_cpu", torchSharp, null, out _);
            // Through the runtime, as TorchSharp does it: what is loaded by now is found, and Resolve is asked.
            if (NativeLibrary.TryLoad(NativeFiles.TorchSharpLibrary, torchSharp, null, out nint handle))
            {
                Volatile.Write(ref _handle, handle);
            }
            else if (OperatingSystem.IsLinux())
            {
                Volatile.Write(ref _handle, LibtorchBinding.Load(NativeFiles.Folders()));
            }
            else if (NativeFiles.Find(NativeFiles.Folders(), NativeFiles.FileName("torch_cpu")) is null)
            {
                throw LibtorchError.NoRuntime(NativeFiles.Platform);
            }
            // Elsewhere TorchSharp's own search, which runs at its first use, goes further than the runtime's.
        }
    }

    /// <summary>Has the runtime ask this class for TorchSharp's native library where it doesn't find it itself.</summary>
    /// <remarks>
    /// As a module initializer it runs before any other code of this assembly. The module initializer that the
    /// package adds to applications runs it before any code of theirs. It only subscribes to an event, so neither the
    /// moment nor the order matters.
    /// </remarks>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Loading is to work whatever the application touches first.")]
    internal static void Subscribe()
    {
        if (OperatingSystem.IsLinux())
        {
            AssemblyLoadContext context = AssemblyLoadContext.GetLoadContext(typeof(NativeLoader).Assembly)!;
            context.ResolvingUnmanagedDll += Resolve;
        }
    }

    private static nint Resolve(Assembly assembly, string name)
    {
        if (
            name != NativeFiles.TorchSharpLibrary
            || assembly.GetName().Name != "TorchSharp"
            || !OperatingSystem.IsLinux()
        )
        {
            return 0;
        }

        lock (Gate)
        {
            if (_handle == 0)
            {
                Volatile.Write(ref _handle, LibtorchBinding.Load(NativeFiles.Folders()));
            }

            return _handle;
        }
    }
}
