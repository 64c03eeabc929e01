using FanIn.Cli;

using var interruption = Interruption.Listen();
int code = await Tool.RunAsync(args, Terminal.OfProcess(), interruption.Token);
if (interruption.Token.IsCancellationRequested)
{
    Interruption.Leave(code);
}
return code;
