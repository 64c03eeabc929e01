using FanIn.Cli;

using var interruption = Interruption.Listen();
int code = await interruption.RunAsync(token => Tool.RunAsync(args, Terminal.OfProcess(), token));
if (interruption.Token.IsCancellationRequested)
{
    Interruption.Leave(code);
}
return code;
